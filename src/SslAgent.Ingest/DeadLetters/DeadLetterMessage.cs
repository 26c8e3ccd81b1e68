using System.Globalization;
using System.Text;
using Confluent.Kafka;
using SslAgent.Domain;
using SslAgent.Ingest.Decoding;

namespace SslAgent.Ingest.DeadLetters;

/// <summary>
/// A rejected delivery as a Kafka message: keyed by its coordinates, value and headers as they were, the reason in headers named as Kafka
/// Connect names them, so that tools for Connect's dead letters read these too. docs/formats/wire.md has the list.
/// </summary>
internal static class DeadLetterMessage
{
    public const string ConnectPrefix = "__connect.errors.", OwnPrefix = "__sslagent.errors.";

    public static Message<byte[]?, byte[]?> Of(Delivery delivery, Rejection rejection)
    {
        var headers = new Headers();
        foreach (MessageHeader header in delivery.Headers) headers.Add(header.Name, header.Value);
        Add(headers, ConnectPrefix + "topic", delivery.At.Topic);
        Add(headers, ConnectPrefix + "partition", Number(delivery.At.Partition));
        Add(headers, ConnectPrefix + "offset", Number(delivery.At.Offset));
        Add(headers, ConnectPrefix + "connector.name", "sslagent");
        Add(headers, ConnectPrefix + "stage", rejection.Stage);
        Add(headers, ConnectPrefix + "exception.class.name", typeof(Rejection).FullName ?? nameof(Rejection));
        Add(headers, ConnectPrefix + "exception.message", rejection.Reason);
        Add(headers, OwnPrefix + "epoch", Number(delivery.At.Epoch));
        Add(headers, OwnPrefix + "timestamp", Number(delivery.TimeMs));
        if (delivery.Key is { } key) headers.Add(OwnPrefix + "key", key);
        return new Message<byte[]?, byte[]?> { Key = Encoding.UTF8.GetBytes(KeyOf(delivery.At)), Value = delivery.Value, Headers = headers };
    }

    /// <summary>The same without its value, for a broker that refuses its size; a header says how large it was.</summary>
    public static Message<byte[]?, byte[]?> Shortened(Message<byte[]?, byte[]?> whole)
    {
        Add(whole.Headers, KeptDelivery.ValueBytesHeader, Number(whole.Value?.Length ?? 0));
        return new Message<byte[]?, byte[]?> { Key = whole.Key, Value = [], Headers = whole.Headers };
    }

    public static string KeyOf(SourceOffset at) => string.Create(CultureInfo.InvariantCulture, $"{at.Topic}/{at.Partition}/{at.Epoch}/{at.Offset}");

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Add(Headers headers, string name, string value) => headers.Add(name, Encoding.UTF8.GetBytes(value));
}
