/// The port to runtimes: what every driver does, what some can do besides, and how calls fail.
@NullMarked
package dev.berth.agent.driver;

import org.jspecify.annotations.NullMarked;
