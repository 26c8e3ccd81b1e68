using SslAgent.Ingest.Frames;
using SslAgent.Ingest.Kafka;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Torch;

namespace SslAgent.Doctor;

/// <summary>Are the native libraries there, and which ones? Each is really loaded and asked for its version.</summary>
internal static class LibraryChecks
{
    public static IEnumerable<Finding> Run(TimeProvider time)
    {
        yield return Ask("libtorch", () => Machine.LibraryVersion, "on the default stack install libtorch-dev and build the bridge (make native); with -p:Stack=nuget the packages bring it, docs/stacks.md says for which systems");
        yield return Ask("computes", () => Computes(new Machine(time)), "libtorch was found but does not work");
        yield return Ask("librdkafka", () => KafkaReader.LibraryVersion, "install librdkafka1 (Debian and Ubuntu: apt-get install librdkafka1)");
        yield return Ask("libvips", () => VipsFrameCodec.LibraryVersion, "install libvips42 (Debian and Ubuntu: apt-get install libvips42)");
    }

    private static string Computes(Machine machine)
    {
        string device = machine.BestDevice();
        return $"on {device}, {machine.Processors} threads, faster in {(machine.FasterDtype(device) == ComputeDtype.Bf16 ? "bf16" : "fp32")}";
    }

    private static Finding Ask(string library, Func<string> version, string advice)
    {
        try
        {
            return Finding.Good(library, version());
        }
        catch (Exception missing)
        {
            return Finding.Bad(library, FirstCause(missing), advice);
        }
    }

    private static string FirstCause(Exception thrown) => thrown.InnerException is { } inner ? FirstCause(inner) : thrown.Message;
}
