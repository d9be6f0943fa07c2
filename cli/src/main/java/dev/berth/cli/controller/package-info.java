/// Verbs about controllers and the state that they store.
@NullMarked
package dev.berth.cli.controller;

import org.jspecify.annotations.NullMarked;
