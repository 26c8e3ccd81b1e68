using System.Runtime.InteropServices;

namespace SslAgent.Hostile.Tests.Support;

/// <summary>What the process holds: managed after a full collection, resident as the kernel counts it, and libvips' own account of its memory.</summary>
internal sealed partial record ProcessMemory(long ManagedBytes, long ResidentBytes, long VipsBytes)
{
    /// <summary>The most that libvips ever held at once in this process.</summary>
    public static long VipsHighWater => (long)vips_tracked_get_mem_highwater();

    public static ProcessMemory Now()
    {
        long managed = GC.GetTotalMemory(forceFullCollection: true);
        return new ProcessMemory(managed, Resident(), (long)vips_tracked_get_mem());
    }

    public static long Resident()
    {
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        return self.WorkingSet64;
    }

    [LibraryImport("libvips.so.42")]
    private static partial nuint vips_tracked_get_mem();

    [LibraryImport("libvips.so.42")]
    private static partial nuint vips_tracked_get_mem_highwater();
}
