package io.sluice.cluster;

import io.sluice.base.Loop;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node does for other brokers. As their controller it gives them the image and carries out their calls; a call
 * that is meant for another term is not carried out (R18), and while this node is not controller it says so at once. To
 * one that is controller it says how far its own logs go. Takes
 * messages on any thread, reads them there, and serves them on the control loop.
 */
final class ControllerService implements PeerService {
    private static final Logger LOG = LoggerFactory.getLogger(ControllerService.class);

    private final Loop loop;
    private final ImageServer images;
    private final ControllerRequests requests;
    private final Pollers pollers;
    private final LogEndService logEnds;

    ControllerService(
            Loop loop, ImageServer images, ControllerRequests requests, Pollers pollers, LogEndService logEnds) {
        this.loop = loop;
        this.images = images;
        this.requests = requests;
        this.pollers = pollers;
        this.logEnds = logEnds;
    }

    @Override
    public CompletionStage<byte[]> serve(Object connection, byte[] request) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        try {
            PeerRequest read = PeerRequest.read(request);
            loop.run(() -> serve(connection, read, answer::complete));
        } catch (MalformedMessageException e) {
            answer.complete(refused("The request can't be understood: " + e.getMessage()));
        }
        return answer;
    }

    @Override
    public void closed(Object connection) {
        loop.run(() -> pollers.closed(connection));
    }

    private void serve(Object connection, PeerRequest request, Consumer<byte[]> answer) {
        if (request instanceof PeerRequest.LogEnds asked) {
            answer.accept(PeerAnswer.write(logEnds.answer(asked)));
            return;
        }
        Optional<ClusterImage> served = images.image();
        if (served.isEmpty()) {
            answer.accept(notController());
            return;
        }
        ClusterImage image = served.get();
        PeerRequest.Sender sender = request.sender();
        if (!sender.clusterId().equals(image.clusterId())) {
            answer.accept(refused("Broker " + sender.asker().brokerId() + " belongs to cluster " + sender.clusterId()
                    + ", this one to cluster " + image.clusterId() + "; check their zookeeper.connect"));
        } else if (request instanceof PeerRequest.Poll poll) {
            poll(connection, poll, image, answer);
        } else if (request instanceof PeerRequest.Call call) {
            call(call, image, answer);
        }
    }

    /** A follower that knows an earlier term only is told of this one; one that knows a later is not to be misled. */
    private void poll(Object connection, PeerRequest.Poll poll, ClusterImage image, Consumer<byte[]> answer) {
        int known = Math.max(poll.sender().controllerEpoch(), poll.had().controllerEpoch());
        if (known > image.controllerEpoch()) {
            answer.accept(notController());
            return;
        }
        pollers.polled(connection, poll.sender().asker());
        images.poll(poll, image, answer);
    }

    private void call(PeerRequest.Call request, ClusterImage image, Consumer<byte[]> answer) {
        if (request.sender().controllerEpoch() != image.controllerEpoch()) {
            answer.accept(notController());
            return;
        }
        Optional<ClusterCall<?, ?>> call = ClusterCalls.byNumber(request.number());
        if (call.isEmpty()) {
            answer.accept(refused("The controller knows no call " + request.number() + "; upgrade it first"));
            return;
        }
        try {
            carryOut(call.get(), request, answer);
        } catch (MalformedMessageException e) {
            answer.accept(refused("The call can't be understood: " + e.getMessage()));
        }
    }

    private <Q, A> void carryOut(ClusterCall<Q, A> call, PeerRequest.Call request, Consumer<byte[]> answer) {
        Q asked = call.request().read(new PeerReader(request.body()));
        call.carryOut()
                .by(requests, request.sender().asker(), asked)
                .thenApply(result -> called(call, result))
                .whenComplete((bytes, failure) -> {
                    if (failure != null) {
                        LOG.error("call failed number={} sender={}", request.number(), request.sender(), failure);
                    }
                    answer.accept(failure == null ? bytes : refused("The controller failed: " + failure));
                });
    }

    private <A> byte[] called(ClusterCall<?, A> call, A result) {
        PeerWriter out = new PeerWriter();
        call.answer().write(out, result);
        byte[] bytes = PeerAnswer.write(new PeerAnswer.Called(requests.image().version(), out.toBytes()));
        return bytes.length <= PeerAnswer.MAX_BYTES
                ? bytes
                : refused("It was carried out, but the answer takes " + bytes.length + " bytes; ask for less at once");
    }

    private static byte[] notController() {
        return PeerAnswer.write(new PeerAnswer.NotController());
    }

    private static byte[] refused(String why) {
        return PeerAnswer.write(new PeerAnswer.Refused(why));
    }
}
