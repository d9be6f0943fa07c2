/// What people and scripts see: the terminal, tables, JSON and YAML.
@NullMarked
package dev.berth.cli.term;

import org.jspecify.annotations.NullMarked;
