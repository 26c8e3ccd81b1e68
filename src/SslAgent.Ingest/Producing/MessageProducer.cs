using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using SslAgent.Domain;
using SslAgent.Ingest.Kafka;

namespace SslAgent.Ingest.Producing;

/// <summary>
/// Sends messages from any source at a rate, counts them, and waits for the broker at the end. Behind <c>sslagent produce</c> and the demo.
/// Of the Kafka options it takes servers, properties and secrets.
/// </summary>
public sealed class MessageProducer : IDisposable
{
    private static readonly TimeSpan FullWait = TimeSpan.FromMilliseconds(50), FlushWait = TimeSpan.FromMilliseconds(200);

    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly KafkaSettings _settings;
    private readonly IProducer<byte[]?, byte[]?> _producer;
    private long _sent, _acknowledged, _failed, _bytes;

    /// <summary>Throws <see cref="KafkaSettingsException"/> where no client can be made of the options.</summary>
    public MessageProducer(KafkaOptions options, TimeProvider time, ILogger<MessageProducer> log)
    {
        _time = time;
        _log = log;
        _settings = KafkaSettings.Read(options);
        _producer = new KafkaClients(options, log).NewProducer(_settings, OnError);
    }

    /// <summary>What the client last complained of, or null since the last acknowledgement.</summary>
    public string? Problem { get; private set; }

    public ProduceProgress Progress => new(
        Interlocked.Read(ref _sent), Interlocked.Read(ref _acknowledged), Interlocked.Read(ref _failed), Interlocked.Read(ref _bytes));

    /// <summary>Sends everything that the source gives and waits until the broker has answered for all of it.</summary>
    /// <param name="perSecond">Most messages a second, evenly spread; null for as fast as it goes.</param>
    /// <param name="progress">Told about once a second and at the end.</param>
    public async Task<ProduceProgress> SendAsync(
        IAsyncEnumerable<OutgoingMessage> messages, double? perSecond, IProgress<ProduceProgress>? progress, CancellationToken cancellation)
    {
        var pace = new Pace(perSecond, _time);
        long told = _time.GetTimestamp();
        await foreach (OutgoingMessage message in messages.WithCancellation(cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            if (pace.Wait() is { } wait) await Task.Delay(wait, _time, cancellation);
            while (!TrySend(message)) await Task.Delay(FullWait, _time, cancellation);
            if (_time.GetElapsedTime(told) < TimeSpan.FromSeconds(1)) continue;
            told = _time.GetTimestamp();
            progress?.Report(Progress);
        }

        while (_producer.Flush(FlushWait) > 0) cancellation.ThrowIfCancellationRequested();
        progress?.Report(Progress);
        return Progress;
    }

    /// <summary>What was not acknowledged yet may be lost: <see cref="SendAsync"/> waits for it.</summary>
    public void Dispose() => _producer.Dispose();

    /// <summary>False where the client's buffer is full.</summary>
    private bool TrySend(OutgoingMessage message)
    {
        try
        {
            Partition partition = message.Partition is { } chosen ? new Partition(chosen) : Partition.Any;
            _producer.Produce(new TopicPartition(message.Topic, partition), Encode(message), report => OnReport(report.Error));
        }
        catch (ProduceException<byte[]?, byte[]?> wrong)
        {
            if (wrong.Error.Code == ErrorCode.Local_QueueFull) return false;
            OnReport(wrong.Error);
        }

        Interlocked.Increment(ref _sent);
        Interlocked.Add(ref _bytes, message.Value?.Length ?? 0);
        return true;
    }

    private static Message<byte[]?, byte[]?> Encode(OutgoingMessage message)
    {
        Headers? headers = message.Headers.Count == 0 ? null : [];
        foreach (MessageHeader header in message.Headers) headers?.Add(header.Name, header.Value);
        return new Message<byte[]?, byte[]?> { Key = message.Key, Value = message.Value, Headers = headers };
    }

    private void OnReport(Error error)
    {
        if (error.IsError)
        {
            Interlocked.Increment(ref _failed);
            Problem = _settings.Scrub($"{error.Code}: {error.Reason}");
            return;
        }

        Interlocked.Increment(ref _acknowledged);
        Problem = null;
    }

    private void OnError(Error error)
    {
        Problem = _settings.Scrub($"{error.Code}: {error.Reason}");
        _log.Trouble(Problem);
    }
}
