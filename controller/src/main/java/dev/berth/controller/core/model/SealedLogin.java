package dev.berth.controller.core.model;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;

/// A login to a registry that nobody but a controller's edge can read.
///
/// @param server as RegistryLogin.server
/// @param username as RegistryLogin.username
/// @param sealed the RegistryLogin, encrypted
/// @param setTime when it was set
public record SealedLogin(String server, String username, ByteString sealed, Timestamp setTime) {}
