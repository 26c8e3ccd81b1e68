using System.Diagnostics;
using SslAgent.Domain;

namespace SslAgent.Checkpoints.Tests;

/// <summary>
/// Python finds in the file what was meant: parsed there by a few lines of its standard library alone, which follow the format's
/// description and share nothing with the writer.
/// </summary>
public sealed class PythonReadsItTests
{
    private const string Python = "/usr/bin/python3";

    private const string Script = """
        import json, struct, sys
        raw = open(sys.argv[1], "rb").read()
        (n,) = struct.unpack("<Q", raw[:8])
        header = json.loads(raw[8:8 + n])
        data = raw[8 + n:]
        assert (8 + n) % 8 == 0, "data not aligned"
        assert header.pop("__metadata__") == {"format": "pt"}, "metadata"
        code = {"F32": ("f", 4), "I64": ("q", 8), "U8": ("B", 1)}
        end = 0
        for name, t in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
            begin, stop = t["data_offsets"]
            assert begin == end, "hole or overlap at " + name
            letter, size = code[t["dtype"]]
            count = 1
            for d in t["shape"]: count *= d
            assert stop - begin == count * size, "size of " + name
            print(name, t["dtype"], t["shape"], *struct.unpack("<%d%s" % (count, letter), data[begin:stop]))
            end = stop
        assert end == len(data), "bytes left over"
        """;

    [Fact]
    public async Task An_independent_parse_gives_the_names_shapes_and_values()
    {
        Assert.SkipUnless(File.Exists(Python), $"{Python} is not installed");
        using TemporaryDirectory directory = new();
        string path = Path.Combine(directory.Root, "model.safetensors");
        await using (FileStream stream = File.Create(path))
        {
            SafetensorsWriter.Write(stream,
            [
                Some.Floats("tower.weight", [2, 2], [1.5f, -2, 3.25f, 1e-3f]),
                new TensorBytes("counter", TensorElement.I64, [2], (byte[])[.. BitConverter.GetBytes(7L), .. BitConverter.GetBytes(-9L)]),
                new TensorBytes("naïve \"name\"\n", TensorElement.U8, [3], new byte[] { 0, 127, 255 }),
            ], new Dictionary<string, string> { ["format"] = "pt" });
        }
        string[] lines = await RunAsync(path);
        Assert.Equal(["counter I64 [2] 7 -9", "tower.weight F32 [2, 2] 1.5 -2.0 3.25 0.0010000000474974513", "naïve \"name\"", " U8 [3] 0 127 255"], lines);
    }

    private static async Task<string[]> RunAsync(string path)
    {
        ProcessStartInfo start = new(Python, ["-X", "utf8", "-c", Script, path]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        return output.TrimEnd('\n').Split('\n');
    }
}
