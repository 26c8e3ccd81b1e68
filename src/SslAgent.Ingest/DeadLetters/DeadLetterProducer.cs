using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using SslAgent.Domain;
using SslAgent.Ingest.Kafka;

namespace SslAgent.Ingest.DeadLetters;

/// <summary>
/// Sends rejected records to the dead-letter topic, each at least once: the head submits them in the journal's order, asks
/// <see cref="DurableThrough"/> how far the broker has them all, and keeps that as its cursor; after a crash it submits again from there. Trouble
/// that may pass is retried for ever; a message that the broker refuses for good goes once more without its value, then is
/// given up and counted (the journal has it). One thread submits; the client's thread reports.
/// </summary>
public sealed class DeadLetterProducer : IDisposable
{
    private const int PendingMax = 1_000;

    /// <summary>Half of what the client's own queue takes (<see cref="KafkaClients.ProducerSettings"/>), so that one letter more fits.</summary>
    private const long PendingBytesMax = 64 * 1_048_576;

    private static readonly TimeSpan RetryEvery = TimeSpan.FromSeconds(1);

    private readonly string _topic;
    private readonly ILogger _log;
    private readonly KafkaSettings _settings;
    private readonly IProducer<byte[]?, byte[]?> _producer;
    private readonly AcknowledgementWindow _window = new(PendingMax, PendingBytesMax);
    private readonly ConcurrentQueue<(AcknowledgementWindow.Entry Entry, Message<byte[]?, byte[]?> Message)> _again = new();
    private readonly ITimer _retry;

    /// <summary>Throws <see cref="KafkaSettingsException"/> where no client can be made of the options.</summary>
    public DeadLetterProducer(KafkaOptions options, TimeProvider time, ILogger<DeadLetterProducer> log)
    {
        _topic = Check.NotNull(options.DeadLetterTopic, "made only where a dead-letter topic is configured");
        _log = log;
        _settings = KafkaSettings.Read(options);
        _producer = new KafkaClients(options, log).NewProducer(_settings, OnError);
        _retry = time.CreateTimer(_ => SendAgain(), null, RetryEvery, RetryEvery);
    }

    /// <summary>Every record submitted up to this sequence number, included, is with the broker or was given up; -1 before the first.</summary>
    public long DurableThrough => _window.DoneThrough;

    public int PendingCount => _window.PendingCount;

    /// <summary>What the client last complained of, or null since the last acknowledgement.</summary>
    public string? Problem { get; private set; }

    /// <summary>Sends a rejected record, or gives false where too many are under way: try the same one later. Sequences must rise.</summary>
    public bool TrySubmit(long sequence, Delivery delivery, Rejection rejection)
    {
        if (_window.TryEnter(sequence, delivery.Bytes) is not { } entry) return false;
        Send(entry, DeadLetterMessage.Of(delivery, rejection));
        return true;
    }

    /// <summary>Waits for acknowledgements, at most so long. True when nothing is under way any more.</summary>
    public bool Flush(TimeSpan wait)
    {
        SendAgain();
        _producer.Flush(wait);
        return _window.PendingCount == 0;
    }

    /// <summary>Does not wait for what is under way: it is submitted again after the next start.</summary>
    public void Dispose()
    {
        _retry.Dispose();
        _producer.Dispose();
    }

    private void SendAgain()
    {
        for (int left = _again.Count; left > 0 && _again.TryDequeue(out (AcknowledgementWindow.Entry, Message<byte[]?, byte[]?>) waiting); left--)
        {
            Send(waiting.Item1, waiting.Item2);
        }
    }

    private void Send(AcknowledgementWindow.Entry entry, Message<byte[]?, byte[]?> message)
    {
        try
        {
            _producer.Produce(_topic, message, report => OnReport(entry, message, report.Error));
        }
        catch (ProduceException<byte[]?, byte[]?> wrong)
        {
            OnReport(entry, message, wrong.Error);
        }
        catch (ObjectDisposedException)
        {
            // The end came between timer and client; the record is submitted again after the next start.
        }
    }

    private void OnReport(AcknowledgementWindow.Entry entry, Message<byte[]?, byte[]?> message, Error error)
    {
        if (!error.IsError)
        {
            Problem = null;
            IngestMetrics.CountDeadLetter(isDelivered: true);
            _window.Done(entry);
        }
        else if (!IsForGood(error))
        {
            Problem = _settings.Scrub($"{error.Code}: {error.Reason}");
            _again.Enqueue((entry, message));
        }
        else if (message.Value is { Length: > 0 })
        {
            _log.DeadLetterShortened(KeyText(message), error.Reason);
            _again.Enqueue((entry, DeadLetterMessage.Shortened(message)));
        }
        else
        {
            _log.DeadLetterRefused(KeyText(message), error.Reason);
            IngestMetrics.CountDeadLetter(isDelivered: false);
            _window.Done(entry);
        }
    }

    private static string KeyText(Message<byte[]?, byte[]?> message) => System.Text.Encoding.UTF8.GetString(message.Key ?? []);

    /// <summary>Errors that lie in the message itself, so that the same bytes would fail again.</summary>
    private static bool IsForGood(Error error) => error.Code is
        ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge or ErrorCode.InvalidMsg or ErrorCode.InvalidRecord or ErrorCode.Local_InvalidArg;

    private void OnError(Error error)
    {
        IngestMetrics.CountClientError();
        Problem = _settings.Scrub($"{error.Code}: {error.Reason}");
        _log.Trouble(Problem);
    }
}
