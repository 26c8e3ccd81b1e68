using System.ComponentModel.DataAnnotations;

namespace SslAgent.Serving.Tests;

public sealed class ServingOptionsTests
{
    [Fact]
    public void The_defaults_are_without_fault()
    {
        ServingOptions options = new();
        List<ValidationResult> found = [];

        Assert.True(Validator.TryValidateObject(options, new ValidationContext(options), found, validateAllProperties: true));
        Assert.Empty(options.Faults());
    }

    [Theory]
    [InlineData("127.0.0.1:7700")]
    [InlineData("127.0.0.1:0")]
    [InlineData("127.3.2.1:80")]
    [InlineData("localhost:7700")]
    [InlineData("[::1]:7700")]
    public void Loopback_addresses_are_taken(string listen) => Assert.Empty(new ServingOptions { Listen = listen }.Faults());

    [Theory]
    [InlineData("0.0.0.0:7700")]
    [InlineData("192.168.1.5:7700")]
    [InlineData("[::]:7700")]
    [InlineData("[2001:db8::1]:7700")]
    public void An_address_that_others_reach_needs_consent(string listen)
    {
        string fault = Assert.Single(new ServingOptions { Listen = listen }.Faults());

        Assert.Contains(listen, fault, StringComparison.Ordinal);
        Assert.Contains("neither logins nor encryption", fault, StringComparison.Ordinal);
        Assert.Contains("serving.allowRemote", fault, StringComparison.Ordinal);
        Assert.Empty(new ServingOptions { Listen = listen, AllowRemote = true }.Faults());
    }

    [Theory]
    [InlineData("")]
    [InlineData("7700")]
    [InlineData(":7700")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:99999")]
    [InlineData("::1")]
    [InlineData("[::1]")]
    [InlineData("example.org:80")]
    public void What_is_no_address_with_a_port_is_refused(string listen) =>
        Assert.Contains("no address with a port", Assert.Single(new ServingOptions { Listen = listen }.Faults()), StringComparison.Ordinal);

    [Fact]
    public void Limits_that_contradict_each_other_are_all_reported()
    {
        ServingOptions options = new()
        {
            QueueMax = 10,
            InputsPerRequestMax = 11,
            RequestBytesMax = 2048,
            PictureBytesMax = 4096,
            RequestBytesTotalMax = 1024,
        };

        Assert.Equal(3, options.Faults().Count());
    }
}
