package dev.berth.spec;

import dev.berth.v1.PruneVolumesRequest;
import dev.berth.v1.VolumeSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The bounds of volumes of nodes.
public final class VolumeRules {
  private VolumeRules() {}

  /// Everything that is wrong with a volume that is to be made; paths are below it: `options`.
  public static List<Violation> validate(VolumeSpec volume) {
    Findings findings = new Findings();
    findings.check("name", Names.volumeProblem(volume.getName()));
    RuntimeObjects.driver("driver", volume.getDriver(), findings);
    RuntimeObjects.pairs("options", volume.getOptionsMap(), findings);
    RuntimeObjects.pairs("labels", volume.getLabelsMap(), findings);
    return findings.asList();
  }

  /// Everything that is wrong with what a removal is to choose.
  public static List<Violation> validate(PruneVolumesRequest request) {
    Findings findings = new Findings();
    RuntimeObjects.labelFilters("labels", request.getLabelsList(), findings);
    RuntimeObjects.labelFilters("excluded_labels", request.getExcludedLabelsList(), findings);
    return findings.asList();
  }

  /// Null when it may be mounted as a path of a node, as far as that can be told without the node.
  public static @Nullable String hostPathProblem(String path) {
    return Paths.hostProblem(path);
  }

  /// Null when a volume that is there can have this name, whoever made it.
  public static @Nullable String lookupProblem(String name) {
    return RuntimeObjects.lookupProblem(name);
  }
}
