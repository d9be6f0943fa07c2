package dev.berth.cli.build;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NamedImagesTest {
  private static List<String> in(String dockerfile, Map<String, String> arguments) {
    return List.copyOf(NamedImages.in(dockerfile, arguments));
  }

  @Test
  void findsWhatIsBuiltFromAndCopiedFromAndNoStages() {
    assertEquals(
        List.of("host:5000/base:1", "other.example/tools", "host:5000/more"),
        in(
            """
            from --platform=linux/amd64 host:5000/base:1 AS build
            RUN echo FROM nothing
            COPY --chown=1 --from=other.example/tools /a /b
            FROM scratch
            COPY --from=build /a /a
            COPY --from=0 /a /a
            FROM build
            FROM host:5000/more
            """,
            Map.of()));
  }

  @Test
  void stagesAreTheSameInAnyCase() {
    assertEquals(
        List.of("host:5000/base:1"),
        in("FROM host:5000/base:1 AS Build\nFROM build\nCOPY --from=BUILD /a /a", Map.of()));
  }

  @Test
  void fillsInArguments() {
    String dockerfile = "ARG HOST=host:5000\nARG TAG\nFROM ${HOST}/base:${TAG:-1}\nFROM $HOST/x";
    assertEquals(List.of("host:5000/base:1", "host:5000/x"), in(dockerfile, Map.of()));
    assertEquals(
        List.of("other:1/base:2", "other:1/x"),
        in(dockerfile, Map.of("HOST", "other:1", "TAG", "2")));
  }
}
