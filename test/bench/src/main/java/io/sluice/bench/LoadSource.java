package io.sluice.bench;

/** A load generator with its connections open. Owned by the thread that runs it. */
interface LoadSource extends AutoCloseable {
    /** Does that many units of work (requests or records, as the generator says) and returns when all are done. */
    Load run(long units) throws Exception;

    @Override
    void close() throws Exception;
}
