/// The only writer: takes events in turns, commits, publishes and runs effects.
@NullMarked
package dev.berth.controller.loop;

import org.jspecify.annotations.NullMarked;
