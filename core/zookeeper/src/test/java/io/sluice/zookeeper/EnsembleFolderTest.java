package io.sluice.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnsembleFolderTest {
    @TempDir
    Path folder;

    @Test
    void newFolderIsTakenByAMemberWhichFindsItAgainAtOtherAddresses() throws Exception {
        EnsembleFolder.claim(folder, Optional.of(ensemble(1, 9100, 1, 2, 3)));
        writeData();

        EnsembleFolder.claim(folder, Optional.of(ensemble(1, 9500, 1, 2, 3)));

        assertThat(folder.resolve("members")).hasContent("node=1\nmembers=1,2,3");
    }

    @Test
    void s15FolderOfASingleNodeIsRefusedToAMember() throws Exception {
        EnsembleFolder.claim(folder, Optional.empty());
        writeData();

        assertThatThrownBy(() -> EnsembleFolder.claim(folder, Optional.of(ensemble(1, 9100, 1, 2, 3))))
                .isInstanceOf(ForeignFolderException.class)
                .hasMessageContaining(folder.toString())
                .hasMessageContaining("of a single node, not of a cluster's")
                .hasMessageContaining("empty data folder");
        assertThat(folder.resolve("members")).doesNotExist();
        assertThatCode(() -> EnsembleFolder.claim(folder, Optional.empty())).doesNotThrowAnyException();
    }

    @Test
    void s15FolderOfAMemberIsRefusedToASingleNode() throws Exception {
        EnsembleFolder.claim(folder, Optional.of(ensemble(1, 9100, 1, 2, 3)));

        assertThatThrownBy(() -> EnsembleFolder.claim(folder, Optional.empty()))
                .isInstanceOf(ForeignFolderException.class)
                .hasMessageContaining("of a cluster's member (node=1, members=1,2,3), not of a single node");
    }

    @Test
    void s15FolderOfAnotherMemberOrEnsembleIsRefused() throws Exception {
        EnsembleFolder.claim(folder, Optional.of(ensemble(1, 9100, 1, 2, 3)));

        for (Ensemble other : List.of(ensemble(2, 9100, 1, 2, 3), ensemble(1, 9100, 1, 2, 4))) {
            assertThatThrownBy(() -> EnsembleFolder.claim(folder, Optional.of(other)))
                    .isInstanceOf(ForeignFolderException.class)
                    .hasMessageContaining("(node=1, members=1,2,3), but is to be that of node=" + other.self());
        }
    }

    @Test
    void folderInWhichNothingWasWrittenYetIsAnybodys() throws Exception {
        EnsembleFolder.claim(folder, Optional.empty());
        Files.createDirectories(folder.resolve("version-2"));

        EnsembleFolder.claim(folder, Optional.of(ensemble(1, 9100, 1, 2, 3)));

        assertThat(folder.resolve("members")).exists();
    }

    private void writeData() throws Exception {
        Files.createDirectories(folder.resolve("version-2"));
        Files.createFile(folder.resolve("version-2").resolve("log.1"));
    }

    private static Ensemble ensemble(int self, int port, int... ids) {
        return new Ensemble(
                self,
                IntStream.of(ids)
                        .mapToObj(id -> new EnsembleMember(id, "127.0.0.1", port + 3 * id))
                        .toList());
    }
}
