using SslAgent.Learning.Planning;
using static TorchSharp.torch;

namespace SslAgent.Learning.Torch;

/// <summary>The machine this process runs on, asked through libtorch.</summary>
public sealed class Machine(TimeProvider time) : IMachine
{
    /// <summary>Side of the measured product, large enough that the product and not the asking for it takes the time, and how often it is measured; the best time counts.</summary>
    private const int CpuSide = 768, GpuSide = 4096, Trials = 5;

    /// <summary>libtorch's version and how it computes matrix products, for <c>doctor</c>. Throws where it cannot be loaded.</summary>
    public static string LibraryVersion => TorchRuntime.Version();

    public int Processors => Environment.ProcessorCount;

    public string BestDevice()
    {
        NativeTorch.Require();
        return cuda.is_available() ? "cuda:0" : "cpu";
    }

    public ComputeDtype FasterDtype(string device)
    {
        TorchRuntime.Configure(Processors);
        return BestTime(device, ScalarType.BFloat16) < BestTime(device, ScalarType.Float32) ? ComputeDtype.Bf16 : ComputeDtype.Fp32;
    }

    private TimeSpan BestTime(string device, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        int side = device == "cpu" ? CpuSide : GpuSide;
        Tensor left = ones(side, side, dtype: dtype, device: new Device(device));
        TimeSpan best = TimeSpan.MaxValue;
        for (var trial = 0; trial <= Trials; trial++)
        {
            long started = time.GetTimestamp();
            float _ = left.mm(left).sum().to_type(ScalarType.Float32).cpu().item<float>(); // Reading waits for the device.
            TimeSpan taken = time.GetElapsedTime(started);
            if (trial > 0 && taken < best) best = taken; // The first one warms up.
        }

        return best;
    }
}
