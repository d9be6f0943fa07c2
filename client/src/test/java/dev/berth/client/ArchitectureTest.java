package dev.berth.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.berth.client", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule SEES_NEITHER_CONTROLLER_NOR_AGENT_NOR_COMMAND_LINE =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.berth.controller..", "dev.berth.agent..", "dev.berth.cli..");

  @ArchTest
  static final ArchRule READS_YAML_IN_ONE_PLACE =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.berth.client.yaml")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.snakeyaml..");

  @ArchTest
  static final ArchRule HAS_NO_CYCLES =
      slices().matching("dev.berth.client.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule HAS_NO_EMPTY_NAMES =
      noClasses()
          .should()
          .haveNameMatching(".*(Util|Utils|Helper|Impl|Manager)")
          .orShould()
          .haveSimpleNameStartingWith("Abstract");
}
