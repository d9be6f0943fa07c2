package dev.berth.controller;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.constructors;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The rules of the architecture that concern the controller.
@AnalyzeClasses(
    packages = "dev.berth.controller",
    importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
  private static final int FILE_LINES = 500;
  private static final int METHOD_LINES = 60;
  private static final int CONSTRUCTOR_PARAMETERS = 7;

  @ArchTest
  static final ArchRule CORE_IS_PURE =
      noClasses()
          .that()
          .resideInAPackage("dev.berth.controller.core..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                      "io.grpc..",
                      "io.etcd..",
                      "io.micrometer..",
                      "io.netty..",
                      "org.slf4j..",
                      "java.util.concurrent..",
                      "java.util.logging..",
                      "java.net..",
                      "java.nio.file..",
                      "java.nio.channels..",
                      "dev.berth.controller.loop..",
                      "dev.berth.controller.store..",
                      "dev.berth.controller.rpc..",
                      "dev.berth.controller.security..",
                      "dev.berth.controller.metrics..")
                  .or(
                      oneOf(
                          "java.lang.Thread",
                          "java.lang.ProcessHandle",
                          "java.lang.ProcessBuilder",
                          "java.lang.Runtime",
                          "java.time.Clock",
                          "java.util.Random",
                          "java.util.random.RandomGeneratorFactory",
                          "java.security.SecureRandom",
                          "java.io.File",
                          "java.io.FileInputStream",
                          "java.io.FileOutputStream")))
          .because("the core gets all it needs as data");

  @ArchTest
  static final ArchRule CORE_ASKS_NO_CLOCK =
      noClasses()
          .that()
          .resideInAPackage("dev.berth.controller.core..")
          .should()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod("java.time.Instant", "now")
          .orShould()
          .callMethod("java.util.UUID", "randomUUID")
          .orShould()
          .callMethod("java.lang.Math", "random")
          .because("time and randomness are arguments");

  @ArchTest
  static final ArchRule ONLY_STORE_KNOWS_ETCD =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.berth.controller.store..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.etcd..", "dev.berth.store..");

  @ArchTest
  static final ArchRule RPC_DOES_NOT_SEE_STORE =
      noClasses()
          .that()
          .resideInAPackage("dev.berth.controller.rpc..")
          .should()
          .dependOnClassesThat(resideInAPackage("dev.berth.controller.store.."));

  @ArchTest
  static final ArchRule LOOP_DOES_NOT_SEE_THE_OUTSIDE =
      noClasses()
          .that()
          .resideInAnyPackage("dev.berth.controller.loop..", "dev.berth.controller.store..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "dev.berth.controller.rpc..",
                  "dev.berth.controller.security..",
                  "dev.berth.controller.metrics..",
                  "io.micrometer.."));

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("dev.berth.controller.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule PLAIN_NAMES =
      classes().should(notBeNamedLike("Util", "Utils", "Helper", "Helpers", "Impl", "Manager"));

  @ArchTest
  static final ArchRule NO_ABSTRACT_NAMES =
      noClasses().should().haveSimpleNameStartingWith("Abstract");

  @ArchTest
  static final ArchRule SHORT_CONSTRUCTORS =
      constructors()
          .should(
              new ArchCondition<JavaConstructor>(
                  "have at most " + CONSTRUCTOR_PARAMETERS + " parameters") {
                @Override
                public void check(JavaConstructor constructor, ConditionEvents events) {
                  if (constructor.getParameters().size() > CONSTRUCTOR_PARAMETERS) {
                    events.add(
                        SimpleConditionEvent.violated(constructor, constructor.getDescription()));
                  }
                }
              });

  private static DescribedPredicate<JavaClass> oneOf(String... names) {
    return DescribedPredicate.describe(
        "one of " + List.of(names), type -> List.of(names).contains(type.getName()));
  }

  private static ArchCondition<JavaClass> notBeNamedLike(String... suffixes) {
    return new ArchCondition<>("not end in one of " + List.of(suffixes)) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        for (String suffix : suffixes) {
          if (type.getSimpleName().endsWith(suffix)) {
            events.add(SimpleConditionEvent.violated(type, type.getName() + " ends in " + suffix));
          }
        }
      }
    };
  }

  @Test
  void filesAndMethodsAreShort() throws IOException {
    List<String> tooLong = new java.util.ArrayList<>();
    try (Stream<Path> files = Files.walk(Path.of("src"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        List<String> lines = Files.readAllLines(file);
        if (lines.size() > FILE_LINES) {
          tooLong.add(file + ": " + lines.size() + " lines");
        }
        int begun = 0;
        for (int i = 0; i < lines.size(); i++) {
          // google-java-format puts members of a top-level class at an indent of two.
          if (lines.get(i).startsWith("  ") && lines.get(i).charAt(2) != ' ') {
            if (lines.get(i).equals("  }") && i - begun > METHOD_LINES && !isType(lines, begun)) {
              tooLong.add(file + ":" + (begun + 1) + ": " + (i - begun) + " lines");
            }
            begun = i;
          }
        }
      }
    }
    assertEquals(List.of(), tooLong);
  }

  private static boolean isType(List<String> lines, int at) {
    return lines.get(at).matches(".*\\b(class|record|interface|enum)\\b.*");
  }
}
