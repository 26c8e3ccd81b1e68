using SslAgent.Domain;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Batches;

public sealed class FrameTensorsTests
{
    [Fact]
    public void Frames_come_back_from_tensors_as_they_were()
    {
        using var scope = NewDisposeScope();
        Frame[] frames = [Some.Frame(1), Some.Frame(2)];
        Tensor normalized = FrameTensors.Normalize(FrameTensors.Pack(frames, 16, CPU), NormalizationPlan.Default);
        Assert.Equal([2, 3, 16, 16], normalized.shape);
        Assert.Equal(frames.Select(frame => frame.Rgb), FrameTensors.ToFrames(normalized, NormalizationPlan.Default).Select(frame => frame.Rgb));
    }

    [Fact]
    public void Channels_are_normalised_each_by_its_own_constants()
    {
        using var scope = NewDisposeScope();
        var frame = new Frame(1, 1, [51, 102, 255]);
        float[] values = FrameTensors.Normalize(FrameTensors.Pack([frame], 1, CPU), new NormalizationPlan([0.1, 0.2, 0.3], [0.5, 0.25, 0.1])).data<float>().ToArray();
        Fixture.Near([0.2f, 0.8f, 7], values, 1e-6f, "channels");
    }

    [Fact]
    public void Frames_of_different_sizes_are_each_brought_to_the_networks_size()
    {
        using var scope = NewDisposeScope();
        Tensor packed = FrameTensors.Pack([Some.Frame(1, 16), Some.Frame(2, 32)], 16, CPU);
        Assert.Equal([2, 3, 16, 16], packed.shape);
        byte[] large = Some.Frame(2, 32).Rgb;
        float mean = (large[0] + large[3] + large[32 * 3] + large[32 * 3 + 3]) / 4f;
        Assert.Equal(mean, packed[1][0][0][0].item<float>(), 1e-3f);
    }
}
