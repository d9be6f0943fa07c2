package dev.berth.spec;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.berth.spec", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule SEES_ONLY_THE_CONTRACT =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "dev.berth.spec..",
              "dev.berth.v1",
              "com.google.protobuf..",
              "java.lang..",
              "java.util..",
              "java.math..",
              "java.time..",
              "java.nio.charset..",
              "java.net",
              "org.jspecify..");

  @ArchTest
  static final ArchRule HAS_NO_EMPTY_NAMES =
      noClasses()
          .should()
          .haveNameMatching(".*(Util|Utils|Helper|Impl|Manager)")
          .orShould()
          .haveSimpleNameStartingWith("Abstract");
}
