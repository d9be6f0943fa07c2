/// The rules of a workload's spec: names, quantities, defaults and validation, shared by
/// whoever writes and whoever accepts one.
@NullMarked
package dev.berth.spec;

import org.jspecify.annotations.NullMarked;
