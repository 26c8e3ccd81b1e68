using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using SslAgent.Learning.Planning;
using static TorchSharp.torch;

namespace SslAgent.Learning.Torch;

/// <summary>Settings of libtorch that are the process's, and what the numerics depend on besides the plan.</summary>
internal static partial class TorchRuntime
{
    // glibc's mallopt parameters.
    private const int TrimThreshold = -1, MmapThreshold = -3;

    /// <summary>Largest value that glibc takes as mmap threshold.</summary>
    private const int MmapThresholdMax = 32 << 20;

    private static readonly Lazy<bool> AllocatorTuned = new(TuneAllocator);

    /// <summary>Before the first tensor of a learner: libtorch starts with one thread on some stacks, with all on others.</summary>
    public static void Configure(int threads)
    {
        NativeTorch.Require();
        _ = AllocatorTuned.Value;
        if (get_num_threads() != threads) set_num_threads(threads);
    }

    /// <summary>
    /// The same for a learner, whose state has to be a function of the journal: on a GPU only operators whose sums have a fixed order, as on a CPU all have. One that
    /// has no such form refuses by name; no objective uses one. Without the bridge of the system stack it cannot be asked for.
    /// </summary>
    public static void Configure(ComputePlan plan)
    {
        Configure(plan.Threads);
        if (plan.Device != "cpu" && TorchExtras.IsAvailable) TorchExtras.SetDeterministic(true);
    }

    /// <summary>One line naming everything besides plan and data that decides about bits: two runs under the same one can be compared.</summary>
    public static string Fingerprint(ComputePlan plan) => string.Create(
        CultureInfo.InvariantCulture,
        $"libtorch {Version()}; {plan.Device}; {plan.Dtype}; {plan.Threads} threads; {Cpu()}");

    public static string Version()
    {
        NativeTorch.Require();
        return TorchExtras.IsAvailable ? $"{TorchExtras.LibtorchVersion}, {TorchExtras.BlasInfo}" : __version__;
    }

    /// <summary>Processor kind as libraries see it when they choose kernels: vendor's family signature and widest vector set.</summary>
    private static string Cpu()
    {
        string vectors = Avx512F.IsSupported ? "avx512" : Avx2.IsSupported ? "avx2" : "baseline";
        string kind = X86Base.IsSupported ? X86Base.CpuId(1, 0).Eax.ToString("x8", CultureInfo.InvariantCulture) : "unknown";
        return $"{RuntimeInformation.ProcessArchitecture} {kind} {vectors}";
    }

    /// <summary>
    /// Keeps freed activations in the process: by default glibc gives large blocks back to the kernel after every step and pays for fresh pages in the
    /// next (a tenth of a step). Where there is no mallopt nothing is lost but that.
    /// </summary>
    private static bool TuneAllocator()
    {
        if (!OperatingSystem.IsLinux()) return false;
        try
        {
            return mallopt(MmapThreshold, MmapThresholdMax) == 1 && mallopt(TrimThreshold, int.MaxValue) == 1;
        }
        catch (EntryPointNotFoundException)
        {
            return false; // musl has none.
        }
    }

    [LibraryImport("libc")]
    private static partial int mallopt(int parameter, int value);
}
