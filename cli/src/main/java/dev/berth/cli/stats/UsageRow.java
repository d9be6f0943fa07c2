package dev.berth.cli.stats;

import dev.berth.v1.Instance;
import java.util.Optional;

/// What is shown of one instance.
///
/// @param reading empty: nobody told yet, or it does not run
record UsageRow(Instance instance, Optional<Reading> reading) {}
