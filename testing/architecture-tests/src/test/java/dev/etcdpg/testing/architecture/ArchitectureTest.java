package dev.etcdpg.testing.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.constructors;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.connect.connector.Connector;
import org.apache.kafka.connect.connector.Task;

/** The direction of dependencies between the modules and packages of the product. */
@AnalyzeClasses(
        packages = "dev.etcdpg",
        importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.ProductOnly.class})
class ArchitectureTest {

    private static final String CORE = "dev.etcdpg.core..";
    private static final String TRANSFORMS = "dev.etcdpg.transforms..";
    private static final String ETCD_SOURCE = "dev.etcdpg.etcd.source..";
    private static final String ETCD_SINK = "dev.etcdpg.etcd.sink..";
    private static final String PG_SOURCE = "dev.etcdpg.pg.source..";
    private static final String PG_SINK = "dev.etcdpg.pg.sink..";
    private static final String PG_CLIENT = "dev.etcdpg.pg.client..";
    private static final String PG_SCHEMA = "dev.etcdpg.pg.schema..";
    private static final String[] ETCD_CLIENT = {
        "dev.etcdpg.etcd.client..",
        "dev.etcdpg.etcd.kv..",
        "dev.etcdpg.etcd.bookkeeping..",
        "dev.etcdpg.etcd.page..",
        "dev.etcdpg.etcd.store..",
        "dev.etcdpg.etcd.check..",
        "dev.etcdpg.etcd.tls.."
    };

    private static final String[] ETCD_DRIVER = {"io.etcd..", "io.grpc..", "io.netty..", "io.vertx.."};
    private static final String[] SQL_DRIVER = {"java.sql..", "javax.sql..", "org.postgresql..", "org.flywaydb.."};

    private static final String[] CONNECTORS = {ETCD_SOURCE, ETCD_SINK, PG_SOURCE, PG_SINK};

    /** Packages that decide and neither read nor write. */
    private static final String[] PURE = {
        CORE,
        TRANSFORMS,
        "dev.etcdpg.etcd.kv..",
        "dev.etcdpg.etcd.bookkeeping..",
        "dev.etcdpg.etcd.source.partition..",
        "dev.etcdpg.etcd.source.offset..",
        "dev.etcdpg.etcd.sink.plan..",
        "dev.etcdpg.pg.sink.resolve..",
        "dev.etcdpg.tool.plan..",
        "dev.etcdpg.tool.compare.."
    };

    @ArchTest
    static final ArchRule pure_packages_see_no_driver = noClasses()
            .that()
            .resideInAnyPackage(PURE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(all(ETCD_DRIVER, SQL_DRIVER, "java.net.."))
            .because("decisions are tested without a server");

    @ArchTest
    static void pure_packages_exist(JavaClasses product) {
        for (String pure : PURE) {
            assertThat(product.that(resideInAnyPackage(pure))).as(pure).isNotEmpty();
        }
    }

    @ArchTest
    static final ArchRule core_sees_nothing_else_of_the_product = noClasses()
            .that()
            .resideInAPackage(CORE)
            .should()
            .dependOnClassesThat(describe(
                    "the product outside of core",
                    c -> isProduct(c) && !resideInAnyPackage(CORE).test(c)));

    @ArchTest
    static final ArchRule transforms_see_only_core = noClasses()
            .that()
            .resideInAPackage(TRANSFORMS)
            .should()
            .dependOnClassesThat(describe(
                    "the product outside of core",
                    c -> isProduct(c) && !resideInAnyPackage(CORE, TRANSFORMS).test(c)));

    @ArchTest
    static final ArchRule the_etcd_client_sees_no_connector_and_no_sql = noClasses()
            .that()
            .resideInAnyPackage(ETCD_CLIENT)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(all(CONNECTORS, SQL_DRIVER, PG_CLIENT, PG_SCHEMA, TRANSFORMS));

    @ArchTest
    static final ArchRule the_postgresql_client_sees_no_connector_and_no_etcd = noClasses()
            .that()
            .resideInAnyPackage(PG_CLIENT, PG_SCHEMA)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(all(CONNECTORS, ETCD_DRIVER, all(ETCD_CLIENT, TRANSFORMS)));

    @ArchTest
    static final ArchRule the_schema_is_above_the_client = noClasses()
            .that()
            .resideInAPackage(PG_CLIENT)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(PG_SCHEMA);

    @ArchTest
    static final ArchRule the_etcd_source_sees_no_other_connector = sees(ETCD_SOURCE, ETCD_SINK, PG_SOURCE, PG_SINK);

    @ArchTest
    static final ArchRule the_etcd_sink_sees_no_other_connector = sees(ETCD_SINK, ETCD_SOURCE, PG_SOURCE, PG_SINK);

    @ArchTest
    static final ArchRule the_postgresql_source_sees_no_other_connector =
            sees(PG_SOURCE, ETCD_SOURCE, ETCD_SINK, PG_SINK);

    @ArchTest
    static final ArchRule the_postgresql_sink_sees_no_other_connector =
            sees(PG_SINK, ETCD_SOURCE, ETCD_SINK, PG_SOURCE);

    @ArchTest
    static final ArchRule connectors_of_etcd_see_no_sql = noClasses()
            .that()
            .resideInAnyPackage(ETCD_SOURCE, ETCD_SINK)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(all(SQL_DRIVER, PG_CLIENT, PG_SCHEMA));

    @ArchTest
    static final ArchRule connectors_of_postgresql_see_no_etcd = noClasses()
            .that()
            .resideInAnyPackage(PG_SOURCE, PG_SINK)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(all(ETCD_DRIVER, ETCD_CLIENT));

    @ArchTest
    static final ArchRule the_tool_sees_no_connector = noClasses()
            .that()
            .resideInAPackage("dev.etcdpg.tool..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(all(CONNECTORS, TRANSFORMS));

    @ArchTest
    static final ArchRule packages_have_no_cycle =
            slices().matching("dev.etcdpg.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule the_product_sees_no_test_code = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.etcdpg.testing..", "dev.etcdpg.sandbox..", "org.junit..", "org.assertj..", "org.awaitility..");

    /** Connect creates connectors and tasks by name. A reader of a module begins at them. */
    @ArchTest
    static final ArchRule connectors_and_tasks_are_at_the_root_of_their_module = classes()
            .that()
            .areAssignableTo(Connector.class)
            .or()
            .areAssignableTo(Task.class)
            .should()
            .resideInAnyPackage(
                    "dev.etcdpg.etcd.source", "dev.etcdpg.etcd.sink", "dev.etcdpg.pg.source", "dev.etcdpg.pg.sink");

    @ArchTest
    static final ArchRule constructors_have_few_parameters = constructors()
            .that(describe("are not those of a record", c -> !c.getOwner().isRecord()))
            .should(haveAtMost(8));

    /** Without the annotation in package-info, NullAway does not check the package. */
    @ArchTest
    static void packages_declare_what_can_be_null(JavaClasses product) {
        assertThat(product.stream()
                        .map(JavaClass::getPackage)
                        .filter(its -> !its.isAnnotatedWith("org.jspecify.annotations.NullMarked"))
                        .map(JavaPackage::getName))
                .isEmpty();
    }

    @ArchTest
    static void one_name_means_one_class(JavaClasses product) {
        Map<String, List<String>> byName = product.stream()
                .filter(JavaClass::isTopLevelClass)
                .filter(c -> !c.getSimpleName().equals("package-info"))
                .collect(Collectors.groupingBy(
                        JavaClass::getSimpleName,
                        TreeMap::new,
                        Collectors.mapping(JavaClass::getName, Collectors.toList())));
        byName.values().removeIf(names -> names.size() == 1);
        assertThat(byName).isEmpty();
    }

    /** Leaves out the modules below {@code testing} and the sandbox: they may see everything. */
    static class ProductOnly implements ImportOption {

        @Override
        public boolean includes(Location location) {
            return !location.contains("/dev/etcdpg/testing/") && !location.contains("/dev/etcdpg/sandbox/");
        }
    }

    private static boolean isProduct(JavaClass c) {
        return c.getPackageName().startsWith("dev.etcdpg.");
    }

    private static ArchRule sees(String connector, String... others) {
        return noClasses()
                .that()
                .resideInAPackage(connector)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others);
    }

    private static ArchCondition<JavaConstructor> haveAtMost(int parameters) {
        return new ArchCondition<>("have at most " + parameters + " parameters") {
            @Override
            public void check(JavaConstructor constructor, ConditionEvents events) {
                int count = constructor.getRawParameterTypes().size();
                boolean synthetic = constructor.getModifiers().contains(JavaModifier.SYNTHETIC);
                if (!synthetic && !constructor.getOwner().isAnonymousClass() && count > parameters) {
                    events.add(SimpleConditionEvent.violated(
                            constructor, constructor.getFullName() + " has " + count + " parameters"));
                }
            }
        };
    }

    private static String[] all(Object... packages) {
        return Stream.of(packages)
                .flatMap(p -> p instanceof String[] many ? Stream.of(many) : Stream.of((String) p))
                .toArray(String[]::new);
    }
}
