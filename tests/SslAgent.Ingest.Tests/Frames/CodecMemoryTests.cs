using SslAgent.Ingest.Frames;

namespace SslAgent.Ingest.Tests.Frames;

/// <summary>Native memory shows only in the whole process's, so nothing else may run meanwhile.</summary>
[Collection(nameof(CodecMemoryTests))]
[CollectionDefinition(nameof(CodecMemoryTests), DisableParallelization = true)]
public sealed class CodecMemoryTests
{
    [Fact]
    public void Decoding_and_refusing_leave_no_memory_behind()
    {
        var codec = new VipsFrameCodec(new FrameOptions());
        byte[] small = Pictures.Jpeg(64, 64), large = Pictures.Jpeg(400, 300), png = Pictures.Encode(Pictures.Gradient(90, 90, 4, 100), 90, 90, ".png");
        byte[][] all = [small, large, png, small[..(small.Length / 2)], large[..(large.Length / 2)], png[..(png.Length / 2)], [0xFF, 0xD8, 0xFF, 1]];
        for (int i = 0; i < 500; i++) _ = codec.Decode(all[i % all.Length]);
        long before = ResidentBytes();

        // One frame's pixels left behind by each would be 74 MB.
        for (int i = 0; i < 6_000; i++) _ = codec.Decode(all[i % all.Length]);
        Assert.InRange(ResidentBytes() - before, long.MinValue, 30_000_000);
    }

    private static long ResidentBytes()
    {
        GC.Collect();
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        return self.WorkingSet64;
    }
}
