using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Ingest;
using SslAgent.Ingest.Kafka;
using SslAgent.Ingest.Native;
using SslAgent.Ingest.Producing;

namespace SslAgent.Commands;

/// <summary><c>sslagent produce frames|logs|pairs</c>: sends what lies on disk to Kafka, to start without writing a producer.</summary>
internal static class ProduceCommand
{
    public static CommandEntry Build()
    {
        Command command = new("produce", "Sends pictures, log lines or captioned pictures to Kafka, to start without writing a producer")
        {
            Frames(),
            Logs(),
            Pairs(),
        };
        return new CommandEntry(
            CommandGroup.Feed, command,
            new Example("produce frames ./photos --topic frames --brokers localhost:9092 --rate 20", "every picture in a folder, twenty a second"),
            new Example("produce logs /var/log/syslog --follow --topic logs", "the lines of a log as they are written"),
            new Example("produce pairs captions.tsv --topic pairs", "pictures with their words: lines of file TAB caption"));
    }

    private static Command Frames()
    {
        Command command = new("frames", "Sends the pictures of a folder (JPEG, PNG, WebP, GIF) and of the folders in it");
        Argument<DirectoryInfo> folder = new("DIR") { Description = "Where the pictures are" };
        Option<bool> loop = new("--loop") { Description = "Start over at the end, until stopped" };
        command.Arguments.Add(folder);
        command.Options.Add(loop);
        ProduceOptions options = ProduceOptions.AddTo(command, defaultTopic: "frames");
        command.SetAction((parsed, cancellation) => SendAsync(
            parsed, options,
            (topic, source) => new FrameFolder(Existing(parsed.GetRequiredValue(folder)), topic, source, TimeProvider.System) { Loop = parsed.GetValue(loop) },
            cancellation));
        return command;
    }

    private static Command Logs()
    {
        Command command = new("logs", "Sends the lines of a file, one message a line");
        Argument<FileInfo> file = new("FILE") { Description = "The log" };
        Option<bool> follow = new("--follow", "-f") { Description = "Go on with what is appended, through rotation, until stopped" };
        command.Arguments.Add(file);
        command.Options.Add(follow);
        ProduceOptions options = ProduceOptions.AddTo(command, defaultTopic: "logs");
        command.SetAction((parsed, cancellation) => SendAsync(
            parsed, options,
            (topic, source) => new LogFile(Existing(parsed.GetRequiredValue(file)), topic, source, TimeProvider.System) { Follow = parsed.GetValue(follow) },
            cancellation));
        return command;
    }

    private static Command Pairs()
    {
        Command command = new("pairs", "Sends pictures with their words, from a list: file TAB caption, or JSON lines with file and caption");
        Argument<FileInfo> file = new("FILE") { Description = "The list; paths in it are relative to it" };
        Option<bool> split = new("--split") { Description = "Send picture and words as two messages with one pair key, as two producers would" };
        command.Arguments.Add(file);
        command.Options.Add(split);
        ProduceOptions options = ProduceOptions.AddTo(command, defaultTopic: "pairs");
        command.SetAction((parsed, cancellation) => SendAsync(
            parsed, options,
            (topic, source) => new PairList(Existing(parsed.GetRequiredValue(file)), topic, source, TimeProvider.System) { SplitHalves = parsed.GetValue(split) },
            cancellation));
        return command;
    }

    private static string Existing(FileSystemInfo place) =>
        place.Exists ? place.FullName : throw new CommandException(ExitCode.Usage, $"{place} is not there");

    private static async Task<int> SendAsync(
        ParseResult parsed, ProduceOptions options, Func<string, string?, IMessageSource> open, CancellationToken cancellation)
    {
        TextWriter output = parsed.InvocationConfiguration.Output;
        KafkaOptions kafka = options.Kafka(parsed);
        string topic = options.Topic(parsed);
        try
        {
            using MessageProducer producer = new(kafka, TimeProvider.System, NullLogger<MessageProducer>.Instance);
            Progress told = new(output, () => producer.Problem);
            ProduceProgress sent = await producer.SendAsync(open(topic, options.Source(parsed)).Messages(cancellation), options.Rate(parsed), told, cancellation);
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{sent.Acknowledged:N0} messages are with {kafka.BootstrapServers}, topic {topic}"));
            return sent.Failed == 0 ? ExitCode.Ok : throw new CommandException(ExitCode.Failed, $"{sent.Failed} messages were not delivered: {producer.Problem}");
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return ExitCode.Ok; // Stopping is how a producer that follows or loops ends.
        }
        catch (Exception wrong) when (wrong is KafkaSettingsException or FormatException or IOException)
        {
            throw new CommandException(ExitCode.Failed, wrong.Message);
        }
        catch (NativeLibraryException missing)
        {
            throw new CommandException(ExitCode.Environment, missing.Message);
        }
    }

    /// <summary>One line a second; the producer reports from its own loop.</summary>
    private sealed class Progress(TextWriter output, Func<string?> problem) : IProgress<ProduceProgress>
    {
        public void Report(ProduceProgress value)
        {
            string trouble = problem() is { } said ? $"; {said}" : "";
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{value.Sent:N0} sent, {value.Acknowledged:N0} acknowledged, {value.Failed:N0} failed, {value.Bytes / 1048576.0:0.0} MiB{trouble}"));
        }
    }
}
