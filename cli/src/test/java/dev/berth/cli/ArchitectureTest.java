package dev.berth.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import picocli.CommandLine.Command;

@AnalyzeClasses(packages = "dev.berth", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule seesOnlyContractSpecAndClient =
      noClasses()
          .that()
          .resideInAPackage("dev.berth.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.berth.controller..", "dev.berth.agent..");

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("dev.berth.cli.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule onlyTheTableKnowsAllVerbs =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.berth.cli")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.berth.cli");

  @ArchTest
  static final ArchRule whatIsShownKnowsNoCluster =
      noClasses()
          .that()
          .resideInAPackage("dev.berth.cli.term")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.grpc..", "dev.berth.client..", "dev.berth.cli.cluster..");

  @ArchTest
  static final ArchRule aCommandIsNamedAfterItsVerb =
      classes()
          .that()
          .areAnnotatedWith(Command.class)
          .should()
          .haveSimpleNameEndingWith("Command")
          .andShould()
          .bePublic();

  @ArchTest
  static final ArchRule namesSayWhatThingsAre =
      noClasses()
          .that()
          .resideInAPackage("dev.berth.cli..")
          .should()
          .haveNameMatching(".*(Util|Utils|Helper|Impl|Manager)");

  @ArchTest
  static final ArchRule outputGoesThroughTheTerminal =
      noClasses()
          .that()
          .resideInAPackage("dev.berth.cli..")
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err");
}
