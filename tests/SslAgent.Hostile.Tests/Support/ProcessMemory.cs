using System.Runtime.InteropServices;

namespace SslAgent.Hostile.Tests.Support;

/// <summary>What the process holds: managed after a full collection, resident as the kernel counts it, and libvips' own account of its memory.</summary>
internal sealed partial record ProcessMemory(long ManagedBytes, long ResidentBytes, long VipsBytes)
{
    /// <summary>The most that libvips ever held at once in this process, encoding for the tests included.</summary>
    public static long VipsHighWater => (long)vips_tracked_get_mem_highwater();

    /// <summary>How far the process grew at its largest while something ran, as the kernel keeps it (Linux resets that mark on demand).</summary>
    public static long PeakGrowth(Action work)
    {
        GC.Collect();
        File.WriteAllText("/proc/self/clear_refs", "5");
        long before = StatusBytes("VmRSS:");
        work();
        // What was given back between the two looks is no growth.
        return Math.Max(0, StatusBytes("VmHWM:") - before);
    }

    private static long StatusBytes(string name) => 1_024 * long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
        System.Globalization.CultureInfo.InvariantCulture);

    public static ProcessMemory Now()
    {
        long managed = GC.GetTotalMemory(forceFullCollection: true);
        return new ProcessMemory(managed, Resident(), (long)vips_tracked_get_mem());
    }

    private static long Resident()
    {
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        return self.WorkingSet64;
    }

    [LibraryImport("libvips.so.42")]
    private static partial nuint vips_tracked_get_mem();

    [LibraryImport("libvips.so.42")]
    private static partial nuint vips_tracked_get_mem_highwater();
}
