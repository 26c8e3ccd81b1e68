using System.Diagnostics.Metrics;
using SslAgent.Domain;

namespace SslAgent.Ingest;

/// <summary>Instruments of this room, meter <c>SslAgent.Ingest</c>.</summary>
internal static class IngestMetrics
{
    private static readonly Meter Meter = new("SslAgent.Ingest");

    private static readonly Counter<long> Messages =
        Meter.CreateCounter<long>("sslagent.ingest.messages", "{message}", "Messages delivered by Kafka, by what became of them.");

    private static readonly Counter<long> Bytes =
        Meter.CreateCounter<long>("sslagent.ingest.bytes", "By", "Bytes of message values delivered by Kafka.");

    private static readonly Counter<long> Pauses =
        Meter.CreateCounter<long>("sslagent.ingest.pauses", "{pause}", "Times that reading was paused because the pipeline behind was full.");

    private static readonly Counter<long> ClientErrors =
        Meter.CreateCounter<long>("sslagent.ingest.client_errors", "{error}", "Errors that the Kafka client reported.");

    private static readonly Counter<long> DeadLetters =
        Meter.CreateCounter<long>("sslagent.ingest.dead_letters", "{message}", "Rejected messages that the dead-letter topic acknowledged, or refused for good.");

    private static readonly Counter<long> Missing = Meter.CreateCounter<long>(
        "sslagent.ingest.messages_missing", "{message}", "Messages that will not be seen: deleted by retention, read by another member, or passed over by a reset.");

    private static readonly Counter<long> Epochs =
        Meter.CreateCounter<long>("sslagent.ingest.epochs_opened", "{epoch}", "Times that a partition's offsets began to mean other messages.");

    private static readonly KeyValuePair<string, object?> Accepted = new("outcome", "accepted");
    private static readonly KeyValuePair<string, object?> Refused = new("outcome", "refused");

    public static void Count(Delivery delivery, Intake intake)
    {
        if (delivery.Value is { } value) Bytes.Add(value.Length);
        switch (intake)
        {
            case Intake.Accepted:
                Messages.Add(1, Accepted);
                break;
            case Intake.Refused refused:
                Messages.Add(1, Refused, new KeyValuePair<string, object?>("stage", refused.Rejection.Stage));
                break;
            case Intake.PassedOver passed:
                Messages.Add(1, new KeyValuePair<string, object?>("outcome", passed.Reason.ToString()));
                break;
        }
    }

    public static void CountMissing(long messages) => Missing.Add(messages);

    public static void CountEpoch() => Epochs.Add(1);

    public static void CountPause() => Pauses.Add(1);

    public static void CountClientError() => ClientErrors.Add(1);

    public static void CountDeadLetter(bool isDelivered) =>
        DeadLetters.Add(1, new KeyValuePair<string, object?>("outcome", isDelivered ? "delivered" : "refused"));
}
