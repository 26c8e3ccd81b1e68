using System.Text;

namespace SslAgent.Storage.Tests;

public sealed class Crc32CTests
{
    [Theory]
    // The check value of the CRC catalogue, and the four examples of RFC 3720, appendix B.4.
    [InlineData("313233343536373839", 0xE3069283)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", 0x8A9136AA)]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", 0x62A8AB43)]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", 0x46DD794E)]
    [InlineData("1f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100", 0x113FDB5C)]
    [InlineData("", 0u)]
    public void Known_answers_hold(string hex, uint expected) => Assert.Equal(expected, Crc32C.Compute(Convert.FromHexString(hex)));

    [Fact]
    public void Appending_the_parts_is_the_checksum_of_the_whole_wherever_it_is_cut()
    {
        byte[] text = Encoding.UTF8.GetBytes("nothing delivered is lost, nothing is learned twice");
        for (int cut = 0; cut <= text.Length; cut++)
        {
            Assert.Equal(Crc32C.Compute(text), Crc32C.Append(Crc32C.Compute(text.AsSpan(0, cut)), text.AsSpan(cut)));
        }
    }
}
