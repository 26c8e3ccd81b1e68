using Confluent.Kafka;
using SslAgent.Ingest.Producing;

namespace SslAgent.Support;

/// <summary>
/// A producer that is no part of the agent and keeps its own log of what the broker acknowledged: partition, offset and digests. It comes from
/// outside: the plain client, no code of the agent's but the contract's encoder. Safe from one thread; whoever made it disposes it.
/// </summary>
internal sealed class LoggedProducer : IDisposable
{
    private const long Unknown = -1;

    private readonly IProducer<byte[]?, byte[]?> _producer;
    private int _failed;

    /// <param name="settings">More settings of the client, for a cluster that asks for them.</param>
    public LoggedProducer(string servers, ProducerLog log, IReadOnlyDictionary<string, string>? settings = null)
    {
        Log = log;
        var all = new Dictionary<string, string>(settings ?? new Dictionary<string, string>())
        {
            ["bootstrap.servers"] = servers, ["linger.ms"] = "5", ["reconnect.backoff.ms"] = "20", ["reconnect.backoff.max.ms"] = "100",
        };
        // A message that was sent twice without anybody's knowing would be in no log: the client must not repeat what may have arrived.
        all.TryAdd("enable.idempotence", "true");
        _producer = new ProducerBuilder<byte[]?, byte[]?>(all).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
    }

    public ProducerLog Log { get; }

    /// <summary>Sends a good message: a frame of the stored size, raw, or a text that cleaning leaves alone.</summary>
    public void Send(string topic, int partition, ContractMessage message)
    {
        byte[]? text = (message.Text ?? message.Caption) is { } words ? System.Text.Encoding.UTF8.GetBytes(words) : null;
        Send(message.Encode(), "application/msgpack", new ProducedMessage(topic, partition, Unknown, "", ProducerLog.ContentDigestOf(message.Data?.ToArray(), text))
        {
            Key = ProducerLog.KeyOf(message.Source, message.Id), TextDigest = text is null ? null : ProducerLog.DigestOf(text),
        });
    }

    /// <summary>Sends bytes that must be refused.</summary>
    public void SendBad(string topic, int partition, byte[] value) =>
        Send(value, contentType: null, new ProducedMessage(topic, partition, Unknown, "", ContentDigest: null));

    /// <summary>Waits until the broker has answered for everything; false where the limit came first or something failed.</summary>
    public bool Flush(CancellationToken limit)
    {
        while (_producer.Flush(TimeSpan.FromMilliseconds(200)) > 0)
        {
            if (limit.IsCancellationRequested) return false;
        }

        return Volatile.Read(ref _failed) == 0;
    }

    public void Dispose() => _producer.Dispose();

    /// <param name="known">All of it but what the broker and the bytes say.</param>
    private void Send(byte[] value, string? contentType, ProducedMessage known)
    {
        var message = new Message<byte[]?, byte[]?> { Value = value };
        if (contentType is not null) message.Headers = new Headers { { "content-type", System.Text.Encoding.UTF8.GetBytes(contentType) } };
        string valueDigest = ProducerLog.DigestOf(value);
        _producer.Produce(new TopicPartition(known.Topic, known.Partition), message, report =>
        {
            if (report.Error.IsError) Interlocked.Increment(ref _failed);
            else Log.Add(known with { Offset = report.Offset.Value, ValueDigest = valueDigest });
        });
    }
}
