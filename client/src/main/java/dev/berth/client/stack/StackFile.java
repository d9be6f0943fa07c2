package dev.berth.client.stack;

import dev.berth.client.yaml.YamlNode;
import dev.berth.client.yaml.YamlProblems;
import dev.berth.client.yaml.YamlReader;
import dev.berth.spec.SpecValidator;
import dev.berth.spec.Violation;
import dev.berth.v1.WorkloadSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A file that holds several workloads.
///
/// @param stack its name
/// @param workloads in the order of the file
public record StackFile(String stack, List<StackWorkload> workloads) {
  /// Copies the list.
  public StackFile {
    workloads = List.copyOf(workloads);
  }

  /// Reads a stack file and checks it against every bound of the contract.
  ///
  /// @param file its name, for messages
  /// @param content at most 1 MiB
  /// @throws StackException with everything that is wrong with it
  public static StackFile read(String file, byte[] content) throws StackException {
    YamlProblems problems = new YamlProblems();
    YamlNode document = YamlReader.read(content, problems);
    List<StackWorkload> workloads = new ArrayList<>();
    String name = "";
    if (document != null) {
      Reading reading = new Reading(problems);
      StackDraft draft = StackFields.stack().read(document, new Place("", ""), reading);
      if (draft != null) {
        name = draft.name();
        for (Map.Entry<String, WorkloadSpec.Builder> entry : draft.workloads().entrySet()) {
          WorkloadSpec spec = entry.getValue().build();
          workloads.add(new StackWorkload(entry.getKey(), spec));
          for (Violation violation : SpecValidator.validate(spec)) {
            reading.addViolation(entry.getKey(), violation.fieldPath(), violation.problem());
          }
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new StackException(file, problems.sorted());
    }
    return new StackFile(name, workloads);
  }

  /// The JSON Schema (2020-12) of stack files, as text.
  public static String jsonSchema() {
    return StackSchema.text();
  }
}
