package dev.berth.agent.driver.libvirt;

/// What a hypervisor is and can do.
///
/// @param flavour which sort of hypervisor
/// @param version of the hypervisor: "7.2.22"
/// @param libvirtVersion of the daemon: "9.0.0"
/// @param acceleration whether it offers hardware acceleration (domains of type kvm)
/// @param uefi whether it offers UEFI firmware
record HypervisorFacts(
    Flavour flavour, String version, String libvirtVersion, boolean acceleration, boolean uefi) {}
