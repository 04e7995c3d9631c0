package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TopicRequestTest {
    @Test
    void createdTopicIsASuccess() {
        assertThat(TopicRequest.succeeded(answer(Errors.NONE))).isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = Errors.class,
            names = {"NOT_CONTROLLER", "REQUEST_TIMED_OUT", "INVALID_REPLICATION_FACTOR"})
    void clusterWithoutAControllerMayBeAskedAgain(Errors error) {
        assertThat(TopicRequest.succeeded(answer(error))).isFalse();
    }

    @Test
    void anyOtherAnswerIsAFailure() {
        assertThatThrownBy(() -> TopicRequest.succeeded(answer(Errors.POLICY_VIOLATION)))
                .isInstanceOf(BenchException.class)
                .hasMessage("cannot create topic t: POLICY_VIOLATION not here");
    }

    private static CreatableTopicResult answer(Errors error) {
        return new CreatableTopicResult()
                .setName("t")
                .setErrorCode(error.code())
                .setErrorMessage("not here");
    }
}
