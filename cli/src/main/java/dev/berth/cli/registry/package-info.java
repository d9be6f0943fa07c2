/// Who a user is to registries: docker's own configuration and helpers, login and logout.
@NullMarked
package dev.berth.cli.registry;

import org.jspecify.annotations.NullMarked;
