using SslAgent.Ingest.Frames;
using SslAgent.Ingest.Kafka;

namespace SslAgent.Doctor;

/// <summary>Are the native libraries there, and which ones? Each is really loaded and asked for its version.</summary>
internal static class LibraryChecks
{
    public static IEnumerable<Finding> Run()
    {
        yield return Ask("librdkafka", () => KafkaReader.LibraryVersion, "install librdkafka1 (Debian and Ubuntu: apt-get install librdkafka1)");
        yield return Ask("libvips", () => VipsFrameCodec.LibraryVersion, "install libvips42 (Debian and Ubuntu: apt-get install libvips42)");
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
