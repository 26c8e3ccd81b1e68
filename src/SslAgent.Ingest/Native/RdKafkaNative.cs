using System.Runtime.InteropServices;

namespace SslAgent.Ingest.Native;

/// <summary>
/// The part of librdkafka's C API that Confluent.Kafka does not offer: checking a setting without making a client, and the
/// in-process mock cluster (rdkafka_mock.h).
/// </summary>
internal static unsafe partial class RdKafkaNative
{
    private const int ErrorLengthMax = 512, ConfOk = 0, Producer = 0;

    static RdKafkaNative() => NativeLibraries.Register();

    /// <summary>What librdkafka has against a setting, or null.</summary>
    public static string? SettingFault(string name, string value)
    {
        nint settings = rd_kafka_conf_new();
        byte* error = stackalloc byte[ErrorLengthMax];
        int code = rd_kafka_conf_set(settings, name, value, error, ErrorLengthMax);
        rd_kafka_conf_destroy(settings);
        return code == ConfOk ? null : Marshal.PtrToStringUTF8((nint)error);
    }

    /// <summary>A client that connects to nothing, for a mock cluster to hang on; it logs errors only. Throws where librdkafka refuses.</summary>
    public static nint NewClient()
    {
        byte* error = stackalloc byte[ErrorLengthMax];
        nint settings = rd_kafka_conf_new();
        int code = rd_kafka_conf_set(settings, "log_level", "3", error, ErrorLengthMax);
        Domain.Check.That(code == ConfOk, "log_level is a setting of librdkafka");
        nint client = rd_kafka_new(Producer, settings, error, ErrorLengthMax);
        return client != 0 ? client : throw new NativeLibraryException($"librdkafka made no client: {Marshal.PtrToStringUTF8((nint)error)}");
    }

    /// <summary>The name of an error code, as librdkafka's documentation has it.</summary>
    public static string ErrorName(int code) => Marshal.PtrToStringUTF8(rd_kafka_err2name(code)) ?? "";

    [LibraryImport(NativeLibraries.Kafka)]
    public static partial void rd_kafka_destroy(nint client);

    [LibraryImport(NativeLibraries.Kafka)]
    public static partial nint rd_kafka_mock_cluster_new(nint client, int brokers);

    [LibraryImport(NativeLibraries.Kafka)]
    public static partial void rd_kafka_mock_cluster_destroy(nint cluster);

    [LibraryImport(NativeLibraries.Kafka)]
    public static partial nint rd_kafka_mock_cluster_bootstraps(nint cluster);

    [LibraryImport(NativeLibraries.Kafka, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int rd_kafka_mock_topic_create(nint cluster, string topic, int partitions, int replicas);

    [LibraryImport(NativeLibraries.Kafka, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void rd_kafka_mock_topic_set_error(nint cluster, string topic, int error);

    [LibraryImport(NativeLibraries.Kafka)]
    public static partial void rd_kafka_mock_push_request_errors_array(nint cluster, short request, nuint count, int* errors);

    [LibraryImport(NativeLibraries.Kafka)]
    public static partial void rd_kafka_mock_clear_request_errors(nint cluster, short request);

    [LibraryImport(NativeLibraries.Kafka, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int rd_kafka_mock_partition_set_leader(nint cluster, string topic, int partition, int broker);

    [LibraryImport(NativeLibraries.Kafka, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int rd_kafka_mock_coordinator_set(nint cluster, string keyType, string key, int broker);

    [LibraryImport(NativeLibraries.Kafka)]
    public static partial int rd_kafka_mock_broker_set_down(nint cluster, int broker);

    [LibraryImport(NativeLibraries.Kafka)]
    public static partial int rd_kafka_mock_broker_set_up(nint cluster, int broker);

    [LibraryImport(NativeLibraries.Kafka)]
    public static partial int rd_kafka_mock_broker_set_rtt(nint cluster, int broker, int milliseconds);

    [LibraryImport(NativeLibraries.Kafka)]
    private static partial nint rd_kafka_new(int type, nint settings, byte* error, nuint errorLength);

    [LibraryImport(NativeLibraries.Kafka)]
    private static partial nint rd_kafka_conf_new();

    [LibraryImport(NativeLibraries.Kafka)]
    private static partial void rd_kafka_conf_destroy(nint settings);

    [LibraryImport(NativeLibraries.Kafka, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rd_kafka_conf_set(nint settings, string name, string value, byte* error, nuint errorLength);

    [LibraryImport(NativeLibraries.Kafka)]
    private static partial nint rd_kafka_err2name(int code);
}
