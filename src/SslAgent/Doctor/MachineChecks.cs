using System.Globalization;

namespace SslAgent.Doctor;

/// <summary>Processor, memory and clock.</summary>
internal static class MachineChecks
{
    private const long MemoryMin = 1L << 30;
    private static readonly DateTimeOffset Built = new(File.GetLastWriteTimeUtc(typeof(MachineChecks).Assembly.Location));

    public static IEnumerable<Finding> Run(TimeProvider time)
    {
        yield return Processor();
        yield return Memory(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        yield return Clock(time.GetUtcNow());
    }

    /// <summary>A clock before the day this program was built makes eras, retention and log lines meaningless.</summary>
    internal static Finding Clock(DateTimeOffset now)
    {
        string found = now.ToString("u", CultureInfo.InvariantCulture);
        return now < Built.AddDays(-1) ? Finding.Bad("clock", found, "it stands before this program was built: set it (timedatectl set-ntp true)") : Finding.Good("clock", found);
    }

    internal static Finding Memory(long bytes)
    {
        string found = string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB for this process");
        return bytes < MemoryMin ? Finding.Warning("memory", found, "preset nano or tiny fits; the larger ones do not") : Finding.Good("memory", found);
    }

    private static Finding Processor()
    {
        const string Information = "/proc/cpuinfo";
        string flags = File.Exists(Information) ? File.ReadLines(Information).FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal)) ?? "" : "";
        string[] telling = [.. flags.Split(' ').Intersect(["avx2", "avx512f", "avx512_bf16", "amx_bf16"])];
        string found = $"{Environment.ProcessorCount} of {(telling.Length > 0 ? string.Join(", ", telling) : "unknown kind")}";
        return Finding.Good("processors", found);
    }
}
