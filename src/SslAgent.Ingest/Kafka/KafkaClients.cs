using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using SslAgent.Ingest.Native;

namespace SslAgent.Ingest.Kafka;

/// <summary>
/// Makes every Kafka client of this room, so that the operator's settings, redaction and the native library's search hold for all.
/// </summary>
internal sealed class KafkaClients(KafkaOptions options, ILogger log)
{
    private const int StatisticsMs = 5_000;

    /// <summary>
    /// Largest answer that is taken from a broker, and largest that a zstd batch may unfold to, in bytes; no memory is set aside for it. librdkafka's own 100 MB is
    /// a trap: what lies above it is fetched, thrown away and fetched again for ever, and five kilobytes of zstd are enough to get there.
    /// </summary>
    private const string ReceiveBytesMax = "1073741824";

    /// <summary>librdkafka's version. Throws <see cref="NativeLibraryException"/> where it is missing.</summary>
    public static string LibraryVersion()
    {
        RequireLibrary();
        return Library.VersionString;
    }

    /// <summary>The consumer's settings: the operator's, and those that the agent's guarantees rest on.</summary>
    public ConsumerConfig ConsumerSettings(KafkaSettings settings) => new(WithReceiveLimit(settings.Values))
    {
        GroupId = options.GroupId,
        // Only offsets that the head has declared durable are stored, and only stored ones are committed.
        EnableAutoOffsetStore = false,
        EnableAutoCommit = true,
        AutoCommitIntervalMs = (int)options.CommitInterval.TotalMilliseconds,
        // An offset that does not exist is an event for the reader to judge, never a silent jump.
        AutoOffsetReset = AutoOffsetReset.Error,
        QueuedMaxMessagesKbytes = options.PrefetchKibibytes,
        StatisticsIntervalMs = StatisticsMs,
    };

    private static Dictionary<string, string> WithReceiveLimit(IReadOnlyDictionary<string, string> given)
    {
        var values = new Dictionary<string, string>(given);
        values.TryAdd("receive.message.max.bytes", ReceiveBytesMax);
        return values;
    }

    /// <summary>The producer's settings: acknowledged by all replicas unless the operator says otherwise.</summary>
    public static ProducerConfig ProducerSettings(KafkaSettings settings)
    {
        var values = new Dictionary<string, string>(settings.Values);
        values.TryAdd("linger.ms", "20");
        // 64 MiB of value, and room for its key and headers.
        values.TryAdd("message.max.bytes", "68157440");
        values.TryAdd("queue.buffering.max.kbytes", "131072");
        return new ProducerConfig(values);
    }

    /// <param name="configure">Adds the reader's handlers.</param>
    /// <param name="tellsEnds">Whether an end that is reached comes as a result of its own.</param>
    public IConsumer<byte[]?, byte[]?> NewConsumer(KafkaSettings settings, Action<ConsumerBuilder<byte[]?, byte[]?>> configure, bool tellsEnds = false)
    {
        RequireLibrary();
        ConsumerConfig wanted = ConsumerSettings(settings);
        wanted.EnablePartitionEof = tellsEnds;
        var builder = new ConsumerBuilder<byte[]?, byte[]?>(wanted);
        builder.SetLogHandler((_, message) => Log(settings, message));
        configure(builder);
        return Build(settings, builder.Build);
    }

    public IProducer<byte[]?, byte[]?> NewProducer(KafkaSettings settings, Action<Error> onError)
    {
        RequireLibrary();
        var builder = new ProducerBuilder<byte[]?, byte[]?>(ProducerSettings(settings));
        builder.SetLogHandler((_, message) => Log(settings, message));
        builder.SetErrorHandler((_, error) => onError(error));
        return Build(settings, builder.Build);
    }

    private static void RequireLibrary()
    {
        if (NativeLibraries.Missing(NativeLibraries.Kafka) is { } missing) throw new NativeLibraryException(missing);
    }

    private static T Build<T>(KafkaSettings settings, Func<T> build)
    {
        try
        {
            return build();
        }
        catch (Exception wrong) when (wrong is InvalidOperationException or ArgumentException or KafkaException)
        {
            // The original is not kept: its text may quote a secret.
            throw new KafkaSettingsException($"the Kafka client was not made: {settings.Scrub(wrong.Message)}");
        }
    }

    private void Log(KafkaSettings settings, LogMessage message)
    {
        string text = settings.Scrub(message.Message);
        if (message.Level <= SyslogLevel.Warning) log.LibraryWarning(message.Facility, text);
        else log.Library(message.Facility, text);
    }
}
