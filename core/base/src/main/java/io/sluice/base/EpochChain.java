package io.sluice.base;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The registrations of a broker, by their epochs, that follow one another without a loss: whatever its logs had under any
 * of them they still have (R14). Which of them a controller took note of the broker need not know, so a registration
 * that was never noted does not break the proof.
 *
 * <p>Epochs are named one by one and not as a range: between two of them another data folder may have been registered
 * under the same broker id, of whose logs this one knows nothing. Immutable.
 *
 * @param epochs the oldest first; the latest {@value #MAX_EPOCHS} at most. One that is forgotten proves nothing any
 *     more, so a broker that registers so often before a controller notes it has to catch up before it may lead
 */
public record EpochChain(List<Long> epochs) {
    public static final int MAX_EPOCHS = 32;

    /** Proves nothing. */
    public static final EpochChain NONE = new EpochChain(List.of());

    public EpochChain {
        epochs = List.copyOf(epochs.subList(Math.max(0, epochs.size() - MAX_EPOCHS), epochs.size()));
    }

    public static EpochChain of(long epoch) {
        return new EpochChain(List.of(epoch));
    }

    public boolean isNone() {
        return epochs.isEmpty();
    }

    /** Whether everything is still there that was there under {@code epoch}. */
    public boolean covers(long epoch) {
        return epochs.contains(epoch);
    }

    public OptionalLong latest() {
        return isNone() ? OptionalLong.empty() : OptionalLong.of(epochs.get(epochs.size() - 1));
    }

    /** The chain with the registration that follows it. */
    public EpochChain then(long epoch) {
        if (latest().equals(OptionalLong.of(epoch))) {
            return this;
        }
        List<Long> longer = new ArrayList<>(epochs);
        longer.remove(epoch);
        longer.add(epoch);
        return new EpochChain(longer);
    }

    /** What both prove. */
    public EpochChain and(EpochChain other) {
        return new EpochChain(epochs.stream().filter(other::covers).toList());
    }

    @Override
    public String toString() {
        return epochs.toString();
    }
}
