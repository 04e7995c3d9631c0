package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What keeps a server from starting is one line that says what to do, and a status that is not zero. */
@Timeout(60)
class ServerRefusalTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            num.partition=1   | Unknown broker setting num.partition; did you mean num.partitions? (in the command line)
            colour=red        | Unknown broker setting colour (in the command line); docs/configuration.md lists those that there are
            =1                | a setting without a name: "=1" (in the command line)
            num.partitions=ü  | Invalid value for num.partitions: 'ü' is not a whole number of 32 bits (in the command line)
            listeners=        | listeners is empty; give an address such as PLAINTEXT://127.0.0.1:9092
            listeners=nowhere | listeners has 'nowhere'; an address looks like PLAINTEXT://127.0.0.1:9092
            log.dirs=         | log.dirs is empty; name a folder for the data, with --data
            advertised.listeners=here                  | advertised.listeners has 'here'; an address looks like PLAINTEXT://127.0.0.1:9092
            advertised.listeners=OTHER://a:1           | advertised.listeners has 'OTHER://a:1', but listeners has none called OTHER, only PLAINTEXT
            advertised.listeners=PLAINTEXT://0.0.0.0:1 | advertised.listeners has 'PLAINTEXT://0.0.0.0:1', to which no client can connect; give the name by which clients know this machine
            """)
    void settingIsRefusedInOneLine(String setting, String line) {
        assertThat(refusal("--set", setting)).startsWith("sluice: " + line);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1@localhost            | sluice.cluster has '1@localhost'; write each node as id@host:port, such as 1@10.0.0.1:9192
            1@a:9192,,2@b:9192     | sluice.cluster has ''; write each node as id@host:port
            1@a:0                  | sluice.cluster has '1@a:0'; the port and the two after it are used, so give 1 to 65533
            1@a:9192,1@b:9192      | sluice.cluster names node 1 twice (1@a:9192, 1@b:9192); give each its own id
            1@a:9192,2@A:9194      | sluice.cluster: 1@a:9192 and 2@A:9194 overlap, for each takes its port and the two after it; on one host give ports 3 apart, such as 9192 and 9195
            """)
    void clusterIsRefusedInOneLine(String cluster, String line) {
        assertThat(refusal("--node", "1", "--cluster", cluster, "--port", "0")).startsWith("sluice: " + line);
    }

    @Test
    void clusterWithoutOwnIdIsRefused() {
        assertThat(refusal("--cluster", "1@a:9192,2@b:9192,3@c:9192", "--port", "0"))
                .isEqualTo("sluice: sluice.cluster is set; say which node this is with --node (node.id): one of the"
                        + " cluster's, or another number for a broker that joins them\n");
    }

    @Test
    void clusterBesideAnotherZooKeeperIsRefused() {
        assertThat(refusal("--node", "1", "--cluster", "1@a:9192", "--set", "zookeeper.connect=z:2181", "--port", "0"))
                .startsWith(
                        "sluice: zookeeper.connect and sluice.cluster are both set; give the one for a ZooKeeper that"
                                + " is there already");
    }

    @Test
    void busyPortOfTheClusterIsRefused() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            int port = other.getLocalPort();

            assertThat(refusal(
                            "--node",
                            "1",
                            "--port",
                            "0",
                            "--data",
                            data(),
                            "--cluster",
                            "1@127.0.0.1:" + port + ",2@127.0.0.1:1,3@127.0.0.1:4"))
                    .startsWith("sluice: the embedded ZooKeeper cannot listen: port " + port + " of 127.0.0.1, for the"
                            + " ensemble's leader: Address already in use")
                    .endsWith("; stop what uses it, or give the node another port in sluice.cluster on all nodes\n");
        }
    }

    @Test
    void hostWithoutAddressIsRefused() {
        assertThat(refusal("--listen", "no-such-host.invalid:9092", "--data", data()))
                .isEqualTo("sluice: listeners has 'PLAINTEXT://no-such-host.invalid:9092', but no address is known for"
                        + " no-such-host.invalid; name one of this machine, or 0.0.0.0 for all that it has\n");
    }

    @Test
    void addressOfAnotherMachineIsRefused() {
        // A network for documentation (RFC 5737): nobody's.
        assertThat(refusal("--listen", "192.0.2.1:9092", "--data", data()))
                .contains("cannot listen on 192.0.2.1:9092", "check that the address belongs to this machine");
    }

    @Test
    void busyPortIsRefused() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = String.valueOf(other.getLocalPort());

            assertThat(refusal("--port", port, "--data", data()))
                    .contains("127.0.0.1:" + port, "in use", "choose another port");
        }
    }

    @Test
    void clusterAndZooKeeperTogetherAreMisuse() {
        CommandRun run = CommandRun.of("server", "--cluster", "1@a:9192", "--zookeeper", "z:2181");

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err())
                .isEqualTo("sluice: give --cluster or --zookeeper, not both; see ./sluice server --help\n");
    }

    @ParameterizedTest
    @CsvSource({"70000", "-1"})
    void portOutOfRangeIsMisuse(String port) {
        CommandRun run = CommandRun.of("server", "--port", port);

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err())
                .isEqualTo("sluice: --port " + port + " is no port: give 0 to 65535; see ./sluice server --help\n");
    }

    @Test
    void unknownFlagIsMisuseInOneLine() {
        CommandRun run = CommandRun.of("server", "--prot=1");

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err())
                .isEqualTo("sluice: unknown option: '--prot=1'; did you mean --port?; see ./sluice server --help\n");
    }

    @Test
    void settingWithoutValueIsMisuseInOneLine() {
        CommandRun run = CommandRun.of("server", "--set", "num.partitions");

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err())
                .startsWith("sluice: value for option '--set' (NAME=VALUE)")
                .hasLineCount(1);
    }

    @Test
    void fileThatIsNotTextIsRefused() throws Exception {
        Path file = Files.write(folder.resolve("server.properties"), new byte[] {'a', '=', (byte) 0xFF, (byte) 0xFE});

        assertThat(refusal("--config", file.toString()))
                .isEqualTo("sluice: cannot read the settings in " + file + ": it is not text in UTF-8\n");
    }

    @Test
    void fileWithBrokenEscapeIsRefused() throws Exception {
        Path file = Files.write(folder.resolve("server.properties"), "a=\\u00zz".getBytes(StandardCharsets.US_ASCII));

        assertThat(refusal("--config", file.toString())).startsWith("sluice: cannot read the settings in " + file);
    }

    @Test
    void folderThatIsAFileIsRefused() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));

        assertThat(refusal("--port", "0", "--data", file.toString()))
                .isEqualTo("sluice: cannot write to the data folder " + file
                        + " (it is a file); choose another with --data or make it writable\n");
    }

    @Test
    void unwritableFolderIsRefused() throws Exception {
        Path mount = Files.createDirectory(folder.resolve("read-only"));
        if (mounted(mount, "size=1m,ro")) {
            try {
                assertThat(refusal(
                                "--port", "0", "--data", mount.resolve("data").toString()))
                        .contains("cannot write to the data folder", "(read-only file system)", "--data");
            } finally {
                run("umount", mount.toString());
            }
            return;
        }
        assumeTrue(mount.toFile().setWritable(false), "not run: this file system has no permissions");
        assertThat(refusal("--port", "0", "--data", mount.resolve("data").toString()))
                .contains("cannot write to the data folder", "(permission denied)", "--data");
    }

    @Test
    void fullDiskIsRefused() throws Exception {
        Path mount = Files.createDirectory(folder.resolve("small"));
        assumeTrue(mounted(mount, "size=1m"), "not run: a small disk can only be mounted by root");
        try {
            String nearlyFull = mount.resolve("data").toString();
            assertThat(refusal("--port", "0", "--data", nearlyFull))
                    .contains("the disk of the data folder " + nearlyFull + " is full", "make room", "--data");

            fill(mount.resolve("filler"));
            String full = mount.resolve("other").toString();
            assertThat(refusal("--port", "0", "--data", full))
                    .contains("the disk of the data folder " + full + " is full", "make room", "--data");
        } finally {
            run("umount", mount.toString());
        }
    }

    private String data() {
        return folder.resolve("data").toString();
    }

    /** What a server that does not start says: one line. */
    private static String refusal(String... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = "server";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        CommandRun run = CommandRun.of(all);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("sluice: ").hasLineCount(1);
        return run.err();
    }

    private static void fill(Path file) {
        try (var out = Files.newOutputStream(file)) {
            byte[] page = new byte[4096];
            while (true) {
                out.write(page);
            }
        } catch (java.io.IOException full) {
            assertThat(full).hasMessageContaining("No space left");
        }
    }

    private static boolean mounted(Path on, String options) throws Exception {
        try {
            return run("mount", "-t", "tmpfs", "-o", options, "tmpfs", on.toString()) == 0;
        } catch (java.io.IOException noMount) {
            return false;
        }
    }

    private static int run(String... command) throws Exception {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }
}
