package io.sluice.system.arch;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The house rules that a compiler does not see: which module may know which, who may touch files, sockets, time and
 * threads. Everything on the class path of this module is checked, which is every module. A rule over a module that is
 * still empty holds.
 */
class ArchitectureTest {
    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.sluice");

    /** The deterministic core: time, randomness, threads and storage reach it through ports only. */
    private static final String[] CORE = {
        "io.sluice.base..", "io.sluice.log..", "io.sluice.cluster..", "io.sluice.replication..", "io.sluice.engine.."
    };

    private static final String[] FRONT_ENDS = {
        "io.sluice.kafka..", "io.sluice.amqp..", "io.sluice.rocketmq..", "io.sluice.jms.."
    };

    /** What runs beside a broker, not in it. */
    private static final String[] NOT_THE_BROKER = {
        "io.sluice.cli..", "io.sluice.testkit..", "io.sluice.bench..", "io.sluice.system.."
    };

    /** The one class of the log that a front end sees: the file region that a read returns, sent with zero copies. */
    private static final String LOG_SLICE = "LogSlice";

    @TestFactory
    Stream<DynamicTest> rule() {
        return Arrays.stream(ArchitectureTest.class.getDeclaredFields())
                .filter(field -> field.getType() == ArchRule.class)
                .map(field -> DynamicTest.dynamicTest(field.getName(), () -> ((ArchRule) field.get(null)).check(ALL)));
    }

    // --- dependencies point one way -------------------------------------------------------------------------------

    static final ArchRule baseDependsOnNothing = sees("base");

    static final ArchRule logSeesBaseOnly = sees("log", "base");

    static final ArchRule clusterSeesBaseOnly = sees("cluster", "base");

    static final ArchRule zookeeperSeesTheClusterPortOnly = sees("zookeeper", "base", "cluster");

    static final ArchRule replicationSeesLogAndCluster = sees("replication", "base", "log", "cluster");

    static final ArchRule engineSeesTheRestOfTheCore = sees("engine", "base", "log", "cluster", "replication");

    static final ArchRule networkSeesBaseOnly = sees("network", "base");

    static final ArchRule kafkaFrontEndSeesEngineAndNetwork =
            sees("kafka", "base", "cluster", "engine", "network", LOG_SLICE);

    static final ArchRule nothingButTheTopSeesTheServer = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "io.sluice.server..", "io.sluice.cli..", "io.sluice.testkit..", "io.sluice.system..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.sluice.server..", "io.sluice.cli..")
            .allowEmptyShould(true);

    static final ArchRule noFrontEndSeesLogReplicationOrZookeeper = noClasses()
            .that()
            .resideInAnyPackage(FRONT_ENDS)
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                            "io.sluice.log..",
                            "io.sluice.replication..",
                            "io.sluice.zookeeper..",
                            "org.apache.zookeeper..")
                    .and(DescribedPredicate.not(
                            resideInAnyPackage("io.sluice.log").and(JavaClass.Predicates.simpleName(LOG_SLICE)))))
            .allowEmptyShould(true);

    // --- foreign libraries stay where they belong -----------------------------------------------------------------

    static final ArchRule nettyLivesInTheWireModules = noClasses()
            .that(outside("io.sluice.network..", FRONT_ENDS))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.netty..")
            .allowEmptyShould(true);

    static final ArchRule zookeeperLivesInItsModule = noClasses()
            .that(outside("io.sluice.zookeeper.."))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.zookeeper..", "org.apache.curator..")
            .allowEmptyShould(true);

    static final ArchRule coreKnowsNoProtocol = noClasses()
            .that(in("io.sluice.base..", "io.sluice.cluster..", "io.sluice.replication..", "io.sluice.engine.."))
            .or()
            .resideInAPackage("io.sluice.zookeeper..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka..")
            .allowEmptyShould(true);

    /** The codecs and record classes of kafka-clients are an internal package: one file knows them. */
    @Test
    void logUsesKafkaClassesInOneFile() {
        Set<String> files = new TreeSet<>();
        for (JavaClass type : ALL) {
            boolean foreign = type.getPackageName().startsWith("io.sluice.log")
                    && type.getDirectDependenciesFromSelf().stream()
                            .anyMatch(d -> d.getTargetClass().getPackageName().startsWith("org.apache.kafka"));
            if (foreign) {
                files.add(topLevel(type));
            }
        }
        assertThat(files).as("files of core/log that use kafka-clients").hasSizeLessThanOrEqualTo(1);
    }

    // --- files, time, chance and threads --------------------------------------------------------------------------

    static final ArchRule filesAreOpenedInTheLogOnly = noClasses()
            .that(in("io.sluice.base..", "io.sluice.cluster..", "io.sluice.replication..", "io.sluice.engine.."))
            .or()
            .resideInAPackage("io.sluice.network..")
            .or()
            .resideInAnyPackage(FRONT_ENDS)
            .should()
            .callCodeUnitWhere(opensAFile())
            .allowEmptyShould(true);

    static final ArchRule coreTakesTimeFromItsPort = coreBeyondPorts()
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethodWhere(named("now", "java.time.."))
            .allowEmptyShould(true);

    static final ArchRule coreTakesChanceFromItsPort = coreBeyondPorts()
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(
                    java.util.concurrent.ThreadLocalRandom.class,
                    java.util.Random.class,
                    java.util.SplittableRandom.class,
                    java.security.SecureRandom.class)
            .orShould()
            .callMethod(java.util.UUID.class, "randomUUID")
            .orShould()
            .callMethod(Math.class, "random")
            .allowEmptyShould(true);

    static final ArchRule coreStartsNoThread = coreBeyondPorts()
            .should()
            .callCodeUnitWhere(startsAThread())
            .orShould()
            .dependOnClassesThat()
            .belongToAnyOf(java.util.concurrent.Executors.class, java.util.Timer.class)
            .allowEmptyShould(true);

    static final ArchRule coreNeverSleeps =
            coreBeyondPorts().should().callMethodWhere(sleeps()).allowEmptyShould(true);

    static final ArchRule nobodyDeserializesJavaObjects = noClasses()
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(java.io.ObjectInputStream.class, java.io.ObjectOutputStream.class)
            .allowEmptyShould(true);

    // --- what comes over the wire is data (CORRECTNESS 6, CVE table) ------------------------------------------------

    /** RocketMQ CVE-2023-33246 and 37582: a setting that reached a shell. */
    static final ArchRule brokerRunsNoPrograms = noClasses()
            .that(in("io.sluice.."))
            .and()
            .resideOutsideOfPackages(NOT_THE_BROKER)
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(ProcessBuilder.class, Process.class)
            .orShould()
            .callMethodWhere(named("exec", "java.lang.."))
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage("javax.script..", "jdk.jshell..", "javax.tools..")
            .allowEmptyShould(true);

    /**
     * ActiveMQ CVE-2023-46604, 2015-5254 and 2025-54539: a class was chosen by what came over the wire. LightClient
     * loads classes whose names are written in it, before anything is read.
     */
    static final ArchRule brokerChoosesNoClassByName = noClasses()
            .that(in("io.sluice.."))
            .and()
            .resideOutsideOfPackages(NOT_THE_BROKER)
            .and()
            .doNotHaveFullyQualifiedName("io.sluice.zookeeper.LightClient")
            .should()
            .callMethodWhere(named("forName", "java.lang"))
            .orShould()
            .callMethodWhere(named("loadClass", "java.lang.."))
            .orShould()
            .callMethodWhere(named("newInstance", "java.lang.."))
            .orShould()
            .dependOnClassesThat()
            .belongToAnyOf(java.lang.reflect.Method.class, java.lang.reflect.Constructor.class)
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage("java.beans..", "java.rmi..")
            .allowEmptyShould(true);

    /** Kafka CVE-2023-25194 and 2025-27818, ActiveMQ CVE-2022-41678: directories and management that clients reach. */
    static final ArchRule brokerAsksNoDirectoryAndOffersNoManagement = noClasses()
            .that(in("io.sluice.."))
            .and()
            .resideOutsideOfPackages(NOT_THE_BROKER)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("javax.naming..", "javax.management.remote..", "javax.security.auth.login..")
            .allowEmptyShould(true);

    /** Kafka CVE-2025-27817, ActiveMQ CVE-2026-34197: a URL in a request or setting that the broker went and fetched. */
    static final ArchRule brokerFetchesNoUrls = noClasses()
            .that(in("io.sluice.."))
            .and()
            .resideOutsideOfPackages(NOT_THE_BROKER)
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(java.net.URL.class, java.net.URLConnection.class, java.net.HttpURLConnection.class)
            .orShould()
            .dependOnClassesThat()
            .resideInAPackage("java.net.http..")
            .allowEmptyShould(true);

    static final ArchRule coreAndWireDoNotPrint = noClasses()
            .that()
            .resideInAnyPackage(CORE)
            .or()
            .resideInAnyPackage("io.sluice.zookeeper..", "io.sluice.network..")
            .or()
            .resideInAnyPackage(FRONT_ENDS)
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .allowEmptyShould(true);

    // --- names ----------------------------------------------------------------------------------------------------

    static final ArchRule namesSayWhatAThingIs = noClasses()
            .should()
            .haveSimpleNameEndingWith("Util")
            .orShould()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Helper")
            .orShould()
            .haveSimpleNameEndingWith("Manager")
            .orShould()
            .haveSimpleNameEndingWith("Impl")
            .allowEmptyShould(true);

    private static ArchRule sees(String module, String... others) {
        String[] allowed = Stream.concat(
                        Stream.of("io.sluice." + module + ".."),
                        Arrays.stream(others).map(o -> "io.sluice." + o + ".."))
                .toArray(String[]::new);
        DescribedPredicate<JavaClass> foreign =
                resideInAnyPackage("io.sluice..").and(DescribedPredicate.not(resideInAnyPackage(allowed)));
        if (Arrays.asList(others).contains(LOG_SLICE)) {
            foreign = foreign.and(DescribedPredicate.not(JavaClass.Predicates.simpleName(LOG_SLICE)));
        }
        return classes()
                .that()
                .resideInAPackage("io.sluice." + module + "..")
                .should()
                .onlyDependOnClassesThat(
                        DescribedPredicate.not(foreign).as("belong to %s or to a library", String.join(", ", allowed)))
                .allowEmptyShould(true);
    }

    /** The core without the classes that are the production side of its ports. */
    private static GivenClassesConjunction coreBeyondPorts() {
        return noClasses()
                .that()
                .resideInAnyPackage(CORE)
                .and()
                .doNotHaveFullyQualifiedName("io.sluice.base.SystemClock")
                .and()
                .doNotHaveFullyQualifiedName("io.sluice.base.SystemEntropy");
    }

    private static DescribedPredicate<JavaClass> in(String... packages) {
        return resideInAnyPackage(packages);
    }

    private static DescribedPredicate<JavaClass> outside(String one, String... more) {
        Collection<String> all = new TreeSet<>(Arrays.asList(more));
        all.add(one);
        return DescribedPredicate.not(resideInAnyPackage(all.toArray(String[]::new)));
    }

    private static DescribedPredicate<JavaCall<?>> named(String method, String ownerPackage) {
        return target(com.tngtech.archunit.core.domain.properties.HasName.Predicates.name(method))
                .and(target(
                        owner(com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage(ownerPackage))))
                .forSubtype();
    }

    private static DescribedPredicate<JavaCall<?>> sleeps() {
        return DescribedPredicate.describe("let a thread sleep", call -> {
            String method = signature(call);
            return method.equals("java.lang.Thread.sleep")
                    || method.equals("java.util.concurrent.TimeUnit.sleep")
                    || method.startsWith("java.util.concurrent.locks.LockSupport.park");
        });
    }

    private static DescribedPredicate<JavaCall<?>> startsAThread() {
        Set<String> banned = Set.of(
                "java.lang.Thread.<init>",
                "java.lang.Thread.start",
                "java.util.concurrent.ThreadPoolExecutor.<init>",
                "java.util.concurrent.ScheduledThreadPoolExecutor.<init>",
                "java.util.concurrent.ForkJoinPool.<init>",
                "java.util.concurrent.ForkJoinPool.commonPool",
                "java.util.concurrent.CompletableFuture.delayedExecutor",
                "java.util.concurrent.CompletableFuture.orTimeout",
                "java.util.concurrent.CompletableFuture.completeOnTimeout",
                "java.util.Collection.parallelStream");
        return DescribedPredicate.describe("start a thread or use a hidden pool", call -> {
            String method = signature(call);
            // The forms without an executor run on the JVM's common pool, which the simulation does not own.
            boolean commonPool = method.startsWith("java.util.concurrent.CompletableFuture.")
                    && method.endsWith("Async")
                    && call.getTarget().getRawParameterTypes().stream()
                            .noneMatch(t -> t.getName().equals("java.util.concurrent.Executor"));
            return banned.contains(method) || commonPool;
        });
    }

    private static DescribedPredicate<JavaCall<?>> opensAFile() {
        Set<String> banned = Set.of(
                "java.nio.channels.FileChannel.open",
                "java.nio.channels.AsynchronousFileChannel.open",
                "java.io.FileInputStream.<init>",
                "java.io.FileOutputStream.<init>",
                "java.io.RandomAccessFile.<init>",
                "java.io.FileReader.<init>",
                "java.io.FileWriter.<init>");
        return DescribedPredicate.describe(
                "open, list, move or delete files",
                call -> banned.contains(signature(call))
                        || call.getTargetOwner().getName().equals("java.nio.file.Files"));
    }

    private static String signature(JavaAccess<?> call) {
        return call.getTargetOwner().getName() + "." + call.getTarget().getName();
    }

    private static String topLevel(JavaClass type) {
        JavaClass outer = type;
        while (outer.getEnclosingClass().isPresent()) {
            outer = outer.getEnclosingClass().get();
        }
        return outer.getName();
    }
}
