using Broker.Client.Connections;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Client.Groups;

/// <summary>Asks every broker for the groups that it coordinates. Any thread.</summary>
internal sealed class GroupSurveyor(ClientOptions options, ConnectionPool pool)
{
    public async Task<GroupSurvey> AskAsync(IEnumerable<BrokerDescription> brokers, CancellationToken token)
    {
        // A group that moves meanwhile may be told of twice.
        Dictionary<string, GroupListing> groups = new(StringComparer.Ordinal);
        Dictionary<BrokerId, string> silent = [];
        foreach (BrokerDescription broker in brokers.OrderBy(each => each.Id))
        {
            try
            {
                ListGroupsResponse response = await AskAsync(broker, token).ConfigureAwait(false);
                foreach (ListGroupsResponse.ListedGroup group in response.Groups)
                {
                    groups[group.GroupId] =
                        new GroupListing(group.GroupId, group.GroupState, group.ProtocolType, broker.Id);
                }
            }
            catch (Exception e) when (e is UnreachableException or RequestException)
            {
                silent[broker.Id] = e.Message;
            }
        }

        return new GroupSurvey([.. groups.Values.OrderBy(group => group.Id, StringComparer.Ordinal)], silent);
    }

    private async Task<ListGroupsResponse> AskAsync(BrokerDescription broker, CancellationToken token)
    {
        Backoff backoff = new(options);
        long giveUp = CoordinatorCalls.PatienceEnd(options);
        while (true)
        {
            BrokerConnection connection = await pool.GetAsync(broker.Address, token).ConfigureAwait(false);
            ListGroupsResponse response = await connection
                .SendAsync(new ListGroupsRequest(), options.RequestTimeout, token)
                .ConfigureAwait(false);
            if (!CoordinatorCalls.Passes(response.ErrorCode) || Deadlines.HasPassed(options, giveUp))
            {
                AdminClient.ThrowIfFailed(response.ErrorCode, $"broker {broker.Id} does not list its groups", null);
                return response;
            }

            await Task.Delay(backoff.Next(), options.Clock, token).ConfigureAwait(false);
        }
    }
}
