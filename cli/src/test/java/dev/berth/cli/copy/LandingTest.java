package dev.berth.cli.copy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.cli.term.FailureException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LandingTest {
  private static Landing landing(
      String source, boolean directory, String destination, Landing.There there) {
    CopyPath from = CopyPath.of(source);
    return Landing.of(
        new Landing.Source(from, from.name(), directory), CopyPath.of(destination), there);
  }

  @ParameterizedTest
  @CsvSource({
    // A file: to a new name, over a file, into a directory.
    "/etc/hosts, false, /tmp/new, NOTHING, /tmp, new",
    "/etc/hosts, false, new, NOTHING, ., new",
    "/etc/hosts, false, /tmp/old, FILE, /tmp, old",
    "/etc/hosts, false, /tmp, DIRECTORY, /tmp, hosts",
    "/etc/hosts, false, /tmp/, DIRECTORY, /tmp, hosts",
    "hosts, false, /, DIRECTORY, /, hosts",
    // A directory: becomes the new one, goes into one, or what is in it does.
    "/etc/conf, true, /tmp/new, NOTHING, /tmp, new",
    "/etc/conf, true, /tmp/new/, NOTHING, /tmp, new",
    "/etc/conf, true, /tmp, DIRECTORY, /tmp, conf",
    "/etc/conf/, true, /tmp, DIRECTORY, /tmp, conf",
    "/etc/conf/., true, /tmp, DIRECTORY, /tmp, .",
    "/etc/conf/., true, /tmp/new, NOTHING, /tmp, new",
    "., true, /tmp, DIRECTORY, /tmp, .",
    "/, true, /tmp, DIRECTORY, /tmp, .",
  })
  void landsAsWithDocker(
      String source,
      boolean directory,
      String destination,
      Landing.There there,
      String into,
      String name) {
    assertEquals(new Landing(into, name), landing(source, directory, destination, there));
  }

  @ParameterizedTest
  @CsvSource({
    "/etc/hosts, false, /tmp/new/, NOTHING, make it first",
    "/etc/hosts, false, /tmp/old/, FILE, is no directory",
    "/etc/conf, true, /tmp/old, FILE, is a file",
    "/etc/hosts/, false, /tmp, DIRECTORY, is no directory",
    "/etc/hosts/., false, /tmp, DIRECTORY, is no directory",
  })
  void refusesWhatDockerRefuses(
      String source, boolean directory, String destination, Landing.There there, String word) {
    String message =
        String.valueOf(
            assertThrows(
                    FailureException.class, () -> landing(source, directory, destination, there))
                .getMessage());
    assertTrue(message.contains(word), message);
  }

  @Test
  void renamesTheTopAndNothingElse() {
    Landing renamed = new Landing("/tmp", "new");
    assertEquals("new", renamed.renamed("conf"));
    assertEquals("new/a/b", renamed.renamed("conf/a/b"));
    assertEquals("new/a", renamed.renamed("./a"));
    assertEquals("new/a", renamed.renamed("/a"));
    Landing contents = new Landing("/tmp", Landing.CONTENTS);
    assertEquals("", contents.renamed("conf"));
    assertEquals("", contents.renamed("."));
    assertEquals("a/b", contents.renamed("conf/a/b"));
    assertEquals("a", contents.renamed("./a"));
  }

  @Test
  void tellsInstancesFromPathsHere() {
    assertEquals(new CopyEnd.Archive(), CopyEnd.parse("-"));
    assertEquals(new CopyEnd.InInstance("web.1", CopyPath.of("/a:b")), CopyEnd.parse("web.1:/a:b"));
    assertEquals(new CopyEnd.Local(CopyPath.of("/a:b")), CopyEnd.parse("/a:b"));
    assertEquals(new CopyEnd.Local(CopyPath.of("./a:b")), CopyEnd.parse("./a:b"));
    assertEquals(new CopyEnd.Local(CopyPath.of("a")), CopyEnd.parse("a"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "web.1:", "We b:/a"})
  void refusesWhatIsNeither(String text) {
    assertEquals(2, assertThrows(FailureException.class, () -> CopyEnd.parse(text)).exitCode());
  }
}
