using System.CommandLine;
using SslAgent.Configuration;
using SslAgent.Ingest;

namespace SslAgent.Commands;

/// <summary>What the three producers share: where to, as whom, how fast. Broker and security come from the configuration's section <c>kafka</c>.</summary>
internal sealed class ProduceOptions
{
    private readonly Option<string> _topic;
    private readonly Option<string?> _source = new("--source") { Description = "Who the messages are from; without it the folder's or file's name", HelpName = "NAME" };
    private readonly Option<string?> _brokers = new("--brokers", "-b") { Description = "Instead of kafka:bootstrapServers", HelpName = "HOST:PORT,…" };
    private readonly Option<double?> _rate = new("--rate") { Description = "Messages a second, evenly; without it as fast as it goes", HelpName = "N" };
    private readonly Settings _settings;

    private ProduceOptions(Command command, string defaultTopic)
    {
        _topic = new Option<string>("--topic", "-t") { Description = $"Where to; without it {defaultTopic}", HelpName = "TOPIC", DefaultValueFactory = _ => defaultTopic };
        _rate.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is <= 0 or double.NaN) result.AddError("--rate must be above 0 messages a second");
        });
        command.Options.Add(_topic);
        command.Options.Add(_source);
        command.Options.Add(_brokers);
        command.Options.Add(_rate);
        _settings = Settings.AddTo(command);
    }

    public static ProduceOptions AddTo(Command command, string defaultTopic) => new(command, defaultTopic);

    public string Topic(ParseResult parsed) => parsed.GetRequiredValue(_topic);

    public string? Source(ParseResult parsed) => parsed.GetValue(_source);

    public double? Rate(ParseResult parsed) => parsed.GetValue(_rate);

    /// <summary>Only faults of the section <c>kafka</c> are ours, and not that no topic to read is named.</summary>
    public KafkaOptions Kafka(ParseResult parsed)
    {
        ConfigurationOutcome outcome = _settings.Outcome(parsed);
        List<ConfigurationFault> faults =
            [.. outcome.Faults.Where(fault => fault.Path is not "kafka:topics" && (fault.Path.StartsWith("kafka", StringComparison.Ordinal) || fault.Origin == "--set"))];
        if (faults.Count > 0) throw new CommandException(ExitCode.Usage, Settings.Describe(outcome with { Faults = faults }));
        KafkaOptions kafka = outcome.Settings.Kafka;
        return parsed.GetValue(_brokers) is { } brokers ? kafka with { BootstrapServers = brokers } : kafka;
    }
}
