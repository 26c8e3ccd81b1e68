using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Domain;
using SslAgent.Ingest;
using SslAgent.Ingest.Kafka;

namespace SslAgent.Hostile.Tests.Support;

/// <summary>Reads a topic of dead letters while they come, as the embedded broker keeps large ones only until the next.</summary>
internal sealed class LetterBox : IDisposable
{
    private readonly KafkaReader _reader;

    public LetterBox(string servers, string topic)
    {
        var options = new KafkaOptions { BootstrapServers = servers, Topics = [topic], GroupId = "letters", Assignment = KafkaAssignment.Manual };
        _reader = new KafkaReader(options, new Nowhere(), TimeProvider.System, NullLogger<KafkaReader>.Instance);
        _reader.Start();
    }

    /// <summary>Waits for the letter of one message. A letter may come more than once; others are passed over.</summary>
    public Task<Delivery> NextAsync(Func<Delivery, bool> where, CancellationToken limit) => Task.Run(
        () =>
        {
            var events = new List<StreamEvent>();
            while (!limit.IsCancellationRequested)
            {
                events.Clear();
                _reader.Take(events, 1, TimeSpan.FromSeconds(1), limit);
                if (events.OfType<StreamEvent.Delivered>().FirstOrDefault(delivered => where(delivered.Delivery)) is { } found) return found.Delivery;
            }

            throw new TimeoutException("the dead letter did not come");
        },
        limit);

    public void Dispose()
    {
        _reader.StopReading();
        _reader.Dispose();
    }

    private sealed class Nowhere : IPartitionPositions
    {
        public PartitionPosition? Find(string topic, int partition) => null;
    }
}
