using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Ingest.Kafka;

namespace SslAgent.Ingest.Tests.Kafka;

public sealed class SecuredClusterTests : IDisposable
{
    private const string Password = "s3cret-Pa55", KeyPassword = "0ther-pa55", Inline = "inl1ne-t0ken";

    private readonly string _folder = Directory.CreateTempSubdirectory("sslagent-kafka-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Settings_and_secrets_from_files_reach_the_client()
    {
        KafkaOptions options = Options();
        Confluent.Kafka.ConsumerConfig consumer = new KafkaClients(options, NullLogger.Instance).ConsumerSettings(KafkaSettings.Read(options));
        Assert.Equal(Confluent.Kafka.SecurityProtocol.SaslSsl, consumer.SecurityProtocol);
        Assert.Equal(Confluent.Kafka.SaslMechanism.ScramSha512, consumer.SaslMechanism);
        Assert.Equal(("agent", Password, KeyPassword), (consumer.SaslUsername, consumer.SaslPassword, consumer.SslKeyPassword));
        Assert.Equal("broker.example:9093", consumer.BootstrapServers);
        Confluent.Kafka.ProducerConfig producer = KafkaClients.ProducerSettings(KafkaSettings.Read(options));
        Assert.Equal((Password, "broker.example:9093"), (producer.SaslPassword, producer.BootstrapServers));
    }

    [Fact]
    public void What_the_guarantees_rest_on_stays_the_agents()
    {
        KafkaOptions options = Options();
        Confluent.Kafka.ConsumerConfig settings = new KafkaClients(options, NullLogger.Instance).ConsumerSettings(KafkaSettings.Read(options));
        Assert.Equal((false, true, Confluent.Kafka.AutoOffsetReset.Error), (settings.EnableAutoOffsetStore, settings.EnableAutoCommit, settings.AutoOffsetReset));
    }

    [Fact]
    public void No_print_of_the_options_shows_a_secret()
    {
        KafkaOptions options = Options();
        string all = string.Join("\n", options.RedactedProperties.Select(p => $"{p.Key}={p.Value}"))
            + System.Text.Json.JsonSerializer.Serialize(options.Redacted()) + options + string.Join("\n", options.Faults());
        AssertNoSecret(all);
        Assert.Contains("scram-sha-512", all, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("[secret]", options.RedactedProperties["sasl.oauthbearer.config"]);
        Assert.Equal($"[secret] from {Path.Combine(_folder, "password")}", options.RedactedProperties["sasl.password"]);
    }

    [Theory]
    [InlineData("sasl.password", true)]
    [InlineData("ssl.key.password", true)]
    [InlineData("ssl.key.pem", true)]
    [InlineData("ssl.keystore.password", true)]
    [InlineData("sasl.oauthbearer.client.secret", true)]
    [InlineData("sasl.oauthbearer.token.endpoint.url", false)]
    [InlineData("ssl.key.location", false)]
    [InlineData("sasl.username", false)]
    [InlineData("security.protocol", false)]
    public void Secrets_are_told_by_name(string name, bool isSecret) => Assert.Equal(isSecret, RedactedProperties.IsSecret(name));

    [Fact]
    public void No_log_line_of_a_client_that_cannot_log_in_shows_a_secret()
    {
        using var stream = new TestStream();
        var log = new CollectingLog();
        KafkaOptions options = Options() with { BootstrapServers = stream.Broker.BootstrapServers };
        options = options with { Properties = new Dictionary<string, string>(options.Properties) { ["debug"] = "security,broker,conf", ["security.protocol"] = "sasl_plaintext" } };
        using (var reader = new KafkaReader(options with { Topics = ["t"] }, new Positions(), TimeProvider.System, log))
        {
            reader.Start();
            StreamEvent.ClientTrouble trouble = TestStream.TakeUntil<StreamEvent.ClientTrouble>(reader);
            AssertNoSecret(trouble.Reason + reader.Problem);
        }

        Assert.NotEmpty(log.Lines);
        AssertNoSecret(string.Join("\n", log.Lines));
    }

    [Fact]
    public void A_setting_that_librdkafka_does_not_know_is_a_fault_without_its_secret()
    {
        KafkaOptions options = Options() with
        {
            Properties = new Dictionary<string, string>
            {
                ["no.such.setting"] = "1",
                ["sasl.mechanism"] = "SCRAM-SHA-512",
                ["security.protocol"] = "carrier-pigeon",
                ["group.id"] = "mine",
                ["no.such.password"] = Inline,
            },
        };
        string[] faults = [.. options.Faults()];
        Assert.Contains(faults, fault => fault.Contains("no.such.setting", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.Contains("carrier-pigeon", StringComparison.Ordinal));
        Assert.Contains("kafka.properties: group.id is set by the agent; use kafka.groupId", faults);
        AssertNoSecret(string.Join("\n", faults));
    }

    [Fact]
    public void Other_faults_name_value_and_reason()
    {
        var options = new KafkaOptions
        {
            Topics = ["ok", "not ok", "ok"],
            DeadLetterTopic = "ok",
            SecretFiles = new Dictionary<string, string> { ["sasl.password"] = Path.Combine(_folder, "absent") },
        };
        Assert.Equal(
            [
                "kafka.topics has 'not ok': a name is 1 to 249 of a-z A-Z 0-9 . _ -",
                "kafka.topics names a topic twice",
                "kafka.deadLetterTopic 'ok' is also read: every rejected message would come back",
                $"kafka.secretFiles: the file of sasl.password is not there: {Path.Combine(_folder, "absent")}",
            ],
            options.Faults());
        Assert.Throws<KafkaSettingsException>(() => KafkaSettings.Read(options));
    }

    private static void AssertNoSecret(string text)
    {
        Assert.DoesNotContain(Password, text, StringComparison.Ordinal);
        Assert.DoesNotContain(KeyPassword, text, StringComparison.Ordinal);
        Assert.DoesNotContain(Inline, text, StringComparison.Ordinal);
    }

    private KafkaOptions Options()
    {
        File.WriteAllText(Path.Combine(_folder, "password"), Password + "\n");
        File.WriteAllText(Path.Combine(_folder, "key"), KeyPassword);
        return new KafkaOptions
        {
            BootstrapServers = "broker.example:9093",
            Topics = ["t"],
            Assignment = KafkaAssignment.Manual,
            Properties = new Dictionary<string, string>
            {
                ["security.protocol"] = "sasl_ssl",
                ["sasl.mechanism"] = "SCRAM-SHA-512",
                ["sasl.username"] = "agent",
                ["sasl.oauthbearer.config"] = $"scope=x principal={Inline}",
            },
            SecretFiles = new Dictionary<string, string>
            {
                ["sasl.password"] = Path.Combine(_folder, "password"),
                ["ssl.key.password"] = Path.Combine(_folder, "key"),
            },
        };
    }

    private sealed class CollectingLog : ILogger<KafkaReader>
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue(formatter(state, exception) + exception);
    }
}
